import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Person, Territory } from '../access/access.entities.js';

/** One sheet of a file as it was understood; a CSV file is one sheet without a name. */
export interface ImportedSheet {
  name: string | null;
  /** Null: no kind of row was recognised, and the sheet was left out. */
  kind: string | null;
  headers: string[];
  /** Headers that are no column of ours: their cells were not read. */
  ignored: string[];
}

/** One file handed in. The same bytes with the same mapping twice change nothing. */
@Entity({ name: 'import_job' })
@Unique(['territoryId', 'id'])
@Check('ck_import_job_state', "state in ('waiting','reading','done','failed')")
@Index('ix_import_job_territory', ['territoryId', 'createdAt'])
export class ImportJob {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') @ForeignKey(() => Territory) territoryId!: string;
  @Column('text') fileName!: string;
  /** What the rows are: companies, sites, contacts, agreements, flows, synergies; null: told by the headers. */
  @Column('text', { nullable: true }) kind!: string | null;
  @Column('text', { nullable: true }) mappingName!: string | null;
  @Column('text', { default: 'waiting' }) state!: 'waiting' | 'reading' | 'done' | 'failed';
  /** Rows known to be in the file, null while it is not known; and rows read so far (where a killed import goes on). */
  @Column('integer', { nullable: true }) rowsTotal!: number | null;
  @Column('integer', { default: 0 }) rowsRead!: number;
  @Column('integer', { default: 0 }) rowsAdded!: number;
  @Column('integer', { default: 0 }) rowsChanged!: number;
  @Column('integer', { default: 0 }) rowsUnchanged!: number;
  @Column('integer', { default: 0 }) rowsRefused!: number;
  @Column('text', { nullable: true }) failure!: string | null;
  /** What was found in the file, sheet by sheet: its kind, its headers in order, and those nobody knew. Null until it is opened. */
  @Column('jsonb', { nullable: true }) sheets!: ImportedSheet[] | null;
  @Column('uuid', { nullable: true }) @ForeignKey(() => Person) createdBy!: string | null;
  @Column('timestamptz') createdAt!: Date;
  @Column('timestamptz', { nullable: true }) finishedAt!: Date | null;
}

/** The file's bytes in parts of at most 1 MiB, so that any worker can read it in bounded memory. */
@Entity({ name: 'import_file_part' })
@ForeignKey(() => ImportJob, ['territoryId', 'importId'], ['territoryId', 'id'], { name: 'fk_import_file_part_import', onDelete: 'CASCADE' })
export class ImportFilePart {
  @PrimaryColumn('uuid') importId!: string;
  @PrimaryColumn('integer') part!: number;
  @Column('uuid') territoryId!: string;
  @Column('bytea') bytes!: Buffer;
}

/** Why a row was refused: where, what was found, what was expected. */
@Entity({ name: 'import_error' })
@ForeignKey(() => ImportJob, ['territoryId', 'importId'], ['territoryId', 'id'], { name: 'fk_import_error_import', onDelete: 'CASCADE' })
@Index('ix_import_error_import', ['importId', 'rowNumber'])
export class ImportError {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') importId!: string;
  /** Name of the sheet in a workbook; null in a CSV file. */
  @Column('text', { nullable: true }) sheet!: string | null;
  /** Line of the sheet as a person counts it: the header is row 1. */
  @Column('integer') rowNumber!: number;
  @Column('text') columnName!: string;
  @Column('text') code!: string;
  @Column('text') found!: string;
  @Column('text') expected!: string;
  /** The refused row as read, by header, so that it can be handed back for mending; on the first error of a row, empty on the others. */
  @Column('jsonb') raw!: Record<string, string>;
}

/** Other people's column names, saved under a name. */
@Entity({ name: 'import_mapping' })
export class ImportMapping {
  @PrimaryColumn('uuid') @ForeignKey(() => Territory) territoryId!: string;
  @PrimaryColumn('text') name!: string;
  @Column('text', { nullable: true }) kind!: string | null;
  /** Their header → our column. */
  @Column('jsonb') columns!: Record<string, string>;
  @Column('timestamptz') updatedAt!: Date;
}
