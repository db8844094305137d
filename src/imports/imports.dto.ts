import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { Id, NullableText } from '../companies/fields.dto.js';
import { KINDS } from './columns.js';
import type { ImportJob } from './imports.entities.js';

const STATES = ['waiting', 'reading', 'done', 'failed'] as const satisfies readonly ImportJob['state'][];

/** The fields of the form beside the file. */
export class ImportForm {
  @ApiPropertyOptional({ enum: KINDS, description: 'What the rows are; left out: headers and names of sheets tell.' })
  @IsOptional() @IsString() @MaxLength(60)
  kind?: string;

  @ApiPropertyOptional({ type: String, description: 'Name of a saved mapping of column names.' })
  @IsOptional() @IsString() @MaxLength(100)
  mapping?: string;
}

/** For the description of the API: the form as it is sent. */
export class ImportFileForm extends ImportForm {
  @ApiProperty({ type: 'string', format: 'binary', description: 'CSV file or .xlsx workbook, at most 50 MiB.' })
  file!: unknown;
}

export class StartedImportView {
  @Id() importId!: string;
}

export class ImportedSheetView {
  @NullableText('Null in a CSV file.') name!: string | null;
  @ApiProperty({ enum: KINDS, nullable: true, description: 'Null: the sheet was left out.' }) kind!: string | null;
  @ApiProperty({ type: [String] }) headers!: string[];
  @ApiProperty({ type: [String], description: 'Headers that are no column of ours.' }) ignored!: string[];
}

export class ImportView {
  @Id() id!: string;
  @ApiProperty({ type: String }) fileName!: string;
  @ApiProperty({ enum: KINDS, nullable: true }) kind!: string | null;
  @NullableText() mappingName!: string | null;
  @ApiProperty({ enum: STATES }) state!: ImportJob['state'];
  @ApiProperty({ type: Number, nullable: true, description: 'An upper bound until the end; null: not opened yet.' }) rowsTotal!: number | null;
  @ApiProperty({ type: Number }) rowsRead!: number;
  @ApiProperty({ type: Number }) rowsAdded!: number;
  @ApiProperty({ type: Number }) rowsChanged!: number;
  @ApiProperty({ type: Number }) rowsUnchanged!: number;
  @ApiProperty({ type: Number }) rowsRefused!: number;
  @NullableText('Why the file was given up; rows read before are kept.') failure!: string | null;
  @ApiProperty({ type: [ImportedSheetView], nullable: true }) sheets!: ImportedSheetView[] | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) createdBy!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) createdAt!: Date;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finishedAt!: Date | null;
}

export class ImportsPage {
  @ApiProperty({ type: [ImportView] }) rows!: ImportView[];
  @NullableText('Send it as `after` for the next page.') next!: string | null;
}

export class ImportErrorView {
  @ApiProperty({ type: String }) id!: string;
  @NullableText() sheet!: string | null;
  @ApiProperty({ type: Number, description: 'As counted in the sheet: the header is row 1.' }) rowNumber!: number;
  @ApiProperty({ type: String }) columnName!: string;
  @ApiProperty({ type: String }) code!: string;
  @ApiProperty({ type: String }) found!: string;
  @ApiProperty({ type: String }) expected!: string;
}

export class ImportErrorsPage {
  @ApiProperty({ type: [ImportErrorView] }) rows!: ImportErrorView[];
  @NullableText('Send it as `after` for the next page.') next!: string | null;
}

export class ImportErrorsQuery {
  @ApiPropertyOptional({ type: String, description: '`next` of the page before.' })
  @IsOptional() @Matches(/^[0-9]{1,18}$/)
  after?: string;

  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 1000, default: 100 })
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(1000)
  limit = 100;
}

export class ColumnPreviewView {
  @ApiProperty({ type: String }) header!: string;
  @NullableText('Key of our column; null: not recognised.') column!: string | null;
  @ApiProperty({ type: [String], description: 'Keys of columns that it may mean.' }) suggestions!: string[];
}

export class SheetPreviewView {
  @NullableText() name!: string | null;
  @ApiProperty({ enum: KINDS, nullable: true }) kind!: string | null;
  @ApiProperty({ type: [String] }) missing!: string[];
  @ApiProperty({ type: [ColumnPreviewView] }) columns!: ColumnPreviewView[];
  @ApiProperty({ type: 'array', items: { type: 'array', items: { type: 'string' } } }) rows!: string[][];
}

export class MappingBody {
  @ApiPropertyOptional({ enum: KINDS, nullable: true })
  @IsOptional() @IsIn([...KINDS, null])
  kind?: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, description: 'Their header → key or header of our column; `-` leaves a column out.' })
  @IsObject()
  columns!: Record<string, string>;
}

export class MappingView extends MappingBody {
  @ApiProperty({ type: String }) name!: string;
  @ApiProperty({ type: String, format: 'date-time' }) updatedAt!: Date;
}

export class ColumnView {
  @ApiProperty({ type: String, description: 'What mappings name.' }) key!: string;
  @ApiProperty({ type: String }) part!: string;
  @ApiProperty({ type: String }) fr!: string;
  @ApiProperty({ type: String }) en!: string;
  @ApiProperty({ type: String }) unit!: string;
  @ApiProperty({ type: String }) example!: string;
}
