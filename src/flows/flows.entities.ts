import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Person, Territory } from '../access/access.entities.js';
import { Site } from '../companies/companies.entities.js';

export type FlowDirection = 'output' | 'input';
export type Wish = 'yes' | 'not-asked' | 'no';
export type Provenance = 'measured' | 'declared' | 'estimated' | 'sector-average';
export type CodeOrigin = 'suggested' | 'declared' | 'advisor';
export type Reach = 'local' | 'regional' | 'national';
/** Value of a quality attribute: number in the attribute's unit, boolean, or one of its choices. */
export type QualityValue = number | boolean | string;

/** An output or an input of a site, as it stands now. Every change adds a row to `flow_version`. */
@Entity({ name: 'flow' })
@Unique(['territoryId', 'id'])
@Unique(['territoryId', 'ref'])
@ForeignKey(() => Site, ['territoryId', 'siteId'], ['territoryId', 'id'], { name: 'fk_flow_site' })
@Check('ck_flow_direction', "direction in ('output','input')")
@Check('ck_flow_wish', "wish is null or wish in ('yes','not-asked','no')")
@Check('ck_flow_months', 'months is null or months between 1 and 4095')
@Check('ck_flow_quantity', "quantity is null or (quantity > 0 and quantity < 'Infinity'::float8)")
@Check('ck_flow_minimum_lot', "minimum_lot is null or (minimum_lot > 0 and minimum_lot < 'Infinity'::float8)")
@Check('ck_flow_waste_code', "waste_code is null or waste_code ~ '^[0-9]{6}$'")
@Index('ix_flow_site', ['siteId'])
@Index('ix_flow_category', ['territoryId', 'direction', 'category'], { where: 'withdrawn_at IS NULL' })
export class Flow {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') siteId!: string;
  /** Natural key within the territory: what ties in a ranking go by. */
  @Column('text') ref!: string;
  /** Counts changes, from 1; `If-Match` and candidates refer to it. */
  @Column('integer') version!: number;
  @Column('text') direction!: FlowDirection;
  /** Slug of a resource category. */
  @Column('text') category!: string;
  /** `suggested` until a person confirms it. */
  @Column('text', { default: 'declared' }) categoryOrigin!: 'suggested' | 'declared';
  /** The company's own words. */
  @Column('text') description!: string;
  /** Base unit of the category a year; null unknown. */
  @Column('double precision', { nullable: true }) quantity!: number | null;
  /** What was entered, kept for the reader: `12 t/mois`. */
  @Column('text', { nullable: true }) quantityEntered!: string | null;
  @Column('text', { nullable: true }) provenance!: Provenance | null;
  @Column('double precision', { nullable: true }) minimumLot!: number | null;
  /** Bit 0 January … bit 11 December; null unknown. */
  @Column('integer', { nullable: true }) months!: number | null;
  @Column('jsonb', { default: {} }) quality!: Record<string, QualityValue>;
  /** Null unknown. */
  @Column('boolean', { nullable: true }) hazardous!: boolean | null;
  @Column('text', { nullable: true }) wasteCode!: string | null;
  @Column('text', { nullable: true }) wasteCodeOrigin!: CodeOrigin | null;
  /** 0 to 1, for a suggested code. */
  @Column('double precision', { nullable: true }) wasteCodeConfidence!: number | null;
  /** The company's wish for this flow; null: nobody noted it, which is never matched. */
  @Column('text', { nullable: true }) wish!: Wish | null;
  /** Withheld from matching or sensitive. */
  @Column('boolean', { default: false }) withheld!: boolean;
  @Column('text', { default: 'local' }) reach!: Reach;
  /** A sourcing or relocation need: its rings are shown side by side. */
  @Column('boolean', { default: false }) sourcing!: boolean;
  @Column('text', { nullable: true }) presentOutlet!: string | null;
  /** € a base unit; positive: the company pays; negative: it is paid. */
  @Column('double precision', { nullable: true }) presentCost!: number | null;
  @Column('date', { nullable: true }) contractEndsOn!: string | null;
  @Column('date') confirmedOn!: string;
  @Column('timestamptz', { nullable: true }) withdrawnAt!: Date | null;
  @Column('timestamptz') updatedAt!: Date;
}

/** What a flow was, version by version; append-only. */
@Entity({ name: 'flow_version' })
@ForeignKey(() => Flow, ['territoryId', 'flowId'], ['territoryId', 'id'], { name: 'fk_flow_version_flow' })
export class FlowVersion {
  @PrimaryColumn('uuid') flowId!: string;
  @PrimaryColumn('integer') version!: number;
  @Column('uuid') territoryId!: string;
  /** The whole flow as it was. */
  @Column('jsonb') data!: Record<string, unknown>;
  @Column('text') change!: 'recorded' | 'edited' | 'confirmed' | 'withdrawn' | 'restored' | 'merged' | 'imported';
  @Column('uuid', { nullable: true }) @ForeignKey(() => Person) changedBy!: string | null;
  @Column('timestamptz') changedAt!: Date;
}

/** An exchange that already runs between two flows, known from an import: its pair is never proposed. */
@Entity({ name: 'running_synergy' })
@Unique(['territoryId', 'outputFlowId', 'inputFlowId'])
@ForeignKey(() => Flow, ['territoryId', 'outputFlowId'], ['territoryId', 'id'], { name: 'fk_running_synergy_output' })
@ForeignKey(() => Flow, ['territoryId', 'inputFlowId'], ['territoryId', 'id'], { name: 'fk_running_synergy_input' })
export class RunningSynergy {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') @ForeignKey(() => Territory) territoryId!: string;
  @Column('uuid') outputFlowId!: string;
  @Column('uuid') inputFlowId!: string;
  @Column('date', { nullable: true }) startedOn!: string | null;
  @Column('date', { nullable: true }) endedOn!: string | null;
}
