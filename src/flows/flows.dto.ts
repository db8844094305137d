import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsInt, IsNotEmpty, IsNumber, IsObject, IsOptional, IsString, IsUUID, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { Id, NullableText, OptionalBoolean, OptionalId, OptionalNumber, OptionalText, PageQuery } from '../companies/fields.dto.js';
import type { FlowDirection, FlowVersion, Provenance, QualityValue, Reach, Wish } from './flows.entities.js';

const DIRECTIONS = ['output', 'input'] as const satisfies readonly FlowDirection[];
const WISHES = ['yes', 'not-asked', 'no'] as const satisfies readonly Wish[];
const PROVENANCES = ['measured', 'declared', 'estimated', 'sector-average'] as const satisfies readonly Provenance[];
const REACHES = ['local', 'regional', 'national'] as const satisfies readonly Reach[];
const CODE_ORIGINS = ['suggested', 'declared', 'advisor'] as const;
const CHANGES = ['recorded', 'edited', 'confirmed', 'withdrawn', 'restored', 'merged', 'imported'] as const satisfies readonly FlowVersion['change'][];
const QUALITY = { type: 'object' as const, additionalProperties: { oneOf: [{ type: 'number' }, { type: 'boolean' }, { type: 'string' }] } };

export class EnteredQuantityBody {
  @ApiProperty({ type: Number }) @IsNumber() value!: number;
  @ApiProperty({ type: String, example: 't' }) @IsString() @MaxLength(60) unit!: string;
  @OptionalText('year, month, week, day…; a year when neither this nor the unit says one.', 60) period?: string | null;
}

/** What may be said of a flow, and changed. Closed lists take their own words or the French ones. */
export class FlowPatchBody {
  @OptionalText('Slug or name of a resource category; a synonym gives a suggestion.', 300) category?: string | null;
  @OptionalText("The company's own words.") description?: string | null;
  @ApiPropertyOptional({ type: EnteredQuantityBody, nullable: true }) @IsOptional() @ValidateNested() @Type(() => EnteredQuantityBody)
  quantity?: EnteredQuantityBody | null;
  @OptionalText(PROVENANCES.join(', '), 60) provenance?: string | null;
  @ApiPropertyOptional({ type: EnteredQuantityBody, nullable: true, description: 'How much the other side must bring.' }) @IsOptional() @ValidateNested() @Type(() => EnteredQuantityBody)
  minimumLot?: EnteredQuantityBody | null;
  @ApiPropertyOptional({ type: [Number], nullable: true, description: 'Numbers of months, 1 to 12; null or none: not known.' })
  @IsOptional() @IsArray() @ArrayMaxSize(12) @IsInt({ each: true })
  months?: number[] | null;
  @ApiPropertyOptional({ ...QUALITY, nullable: true, description: 'By slug of the quality attribute; replaces what stood.' }) @IsOptional() @IsObject()
  quality?: Record<string, unknown> | null;
  @OptionalBoolean('Null: not known. Absent for a new flow or with a new waste code: what the code says.') hazardous?: boolean | null;
  @OptionalText('Code of the European List of Waste.', 40) wasteCode?: string | null;
  @OptionalText(CODE_ORIGINS.join(', '), 60) wasteCodeOrigin?: string | null;
  @OptionalNumber('0 to 1, of a suggested code.') wasteCodeConfidence?: number | null;
  @OptionalText(`${WISHES.join(', ')}; null: nobody noted it, which is never matched.`, 60) wish?: string | null;
  @OptionalBoolean('Kept out of matching.') withheld?: boolean | null;
  @OptionalText(REACHES.join(', '), 60) reach?: string | null;
  @OptionalBoolean('A sourcing or relocation need.') sourcing?: boolean | null;
  @OptionalText('What becomes of it now, or where it comes from.') presentOutlet?: string | null;
  @OptionalNumber('€ a base unit of the category; positive: the company pays.') presentCost?: number | null;
  @OptionalText('Day, `2026-12-31`.', 40) contractEndsOn?: string | null;
  @OptionalText('Day; absent for a new flow: today.', 40) confirmedOn?: string | null;
}

export class NewFlowBody extends FlowPatchBody {
  @OptionalId('Made by the sender: the same request sent twice records one flow.') id?: string;
  @ApiProperty({ type: String, format: 'uuid' }) @IsUUID('all') siteId!: string;
  @ApiProperty({ enum: DIRECTIONS, description: 'Or sortant, entrant.' }) @IsString() @IsNotEmpty() @MaxLength(60) direction!: string;
  @OptionalText("The sender's own key; absent: made of the id.", 200) ref?: string | null;
}

export class WishBody {
  @ApiProperty({ enum: WISHES, nullable: true }) @IsOptional() @IsIn(WISHES) wish!: Wish | null;
}

export class FlowsQuery extends PageQuery {
  @OptionalId() siteId?: string;
  @OptionalId() companyId?: string;
  @OptionalText('Slug.', 200) category?: string;
  @ApiPropertyOptional({ enum: DIRECTIONS }) @IsOptional() @IsIn(DIRECTIONS) direction?: FlowDirection;
  @OptionalText('Part of the description or the reference.', 200) q?: string;
  @OptionalId('Flows of the companies that this advisor follows.') referentId?: string;
  @ApiPropertyOptional({ type: Boolean, default: false, description: 'Withdrawn flows instead of standing ones.' })
  @IsOptional() @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value)) @IsBoolean()
  withdrawn?: boolean;
}

/** The columns of a flow that its words decide. */
export class FlowValuesView {
  @ApiProperty({ type: String }) ref!: string;
  @ApiProperty({ enum: DIRECTIONS }) direction!: FlowDirection;
  @ApiProperty({ type: String, description: 'Slug.' }) category!: string;
  @ApiProperty({ enum: ['suggested', 'declared'] }) categoryOrigin!: 'suggested' | 'declared';
  @ApiProperty({ type: String }) description!: string;
  @ApiProperty({ type: Number, nullable: true, description: 'Base unit of the category a year.' }) quantity!: number | null;
  @NullableText('As it was entered.') quantityEntered!: string | null;
  @ApiProperty({ enum: PROVENANCES, nullable: true }) provenance!: Provenance | null;
  @ApiProperty({ type: Number, nullable: true }) minimumLot!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'Bit 0 January … bit 11 December.' }) months!: number | null;
  @ApiProperty(QUALITY) quality!: Record<string, QualityValue>;
  @ApiProperty({ type: Boolean, nullable: true }) hazardous!: boolean | null;
  @NullableText() wasteCode!: string | null;
  @ApiProperty({ enum: CODE_ORIGINS, nullable: true }) wasteCodeOrigin!: 'suggested' | 'declared' | 'advisor' | null;
  @ApiProperty({ type: Number, nullable: true }) wasteCodeConfidence!: number | null;
  @ApiProperty({ enum: WISHES, nullable: true }) wish!: Wish | null;
  @ApiProperty({ type: Boolean }) withheld!: boolean;
  @ApiProperty({ enum: REACHES }) reach!: Reach;
  @ApiProperty({ type: Boolean }) sourcing!: boolean;
  @NullableText() presentOutlet!: string | null;
  @ApiProperty({ type: Number, nullable: true }) presentCost!: number | null;
  @ApiProperty({ type: String, format: 'date', nullable: true }) contractEndsOn!: string | null;
  @ApiProperty({ type: String, format: 'date' }) confirmedOn!: string;
}

export class FlowPlaceView {
  @Id() siteId!: string;
  @NullableText() siteName!: string | null;
  @NullableText() commune!: string | null;
  @Id() companyId!: string;
  @ApiProperty({ type: String }) companyName!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) referentId!: string | null;
}

export class FlowView extends FlowValuesView {
  @Id() id!: string;
  @ApiProperty({ type: Number, description: 'Send it in If-Match to change the flow.' }) version!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) withdrawnAt!: Date | null;
  @ApiProperty({ type: String, format: 'date-time' }) updatedAt!: Date;
  @ApiProperty({ type: FlowPlaceView }) place!: FlowPlaceView;
}

export class FlowsPage {
  @ApiProperty({ type: [FlowView] }) rows!: FlowView[];
  @NullableText('Send it as `after` for the next page.') next!: string | null;
}

export class FlowVersionOnlyView {
  @ApiProperty({ type: Number }) version!: number;
}

export class RecordedFlowView extends FlowVersionOnlyView {
  @Id() id!: string;
  @ApiProperty({ type: Boolean, description: 'False: this very request had been carried out before.' }) created!: boolean;
}

export class FlowHistoryQuery {
  @ApiPropertyOptional({ type: Number, description: 'Versions under this one.' }) @IsOptional() @Type(() => Number) @IsInt() @Min(1)
  before?: number;
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 200, default: 50 }) @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(200)
  limit = 50;
}

export class FlowVersionDataView extends FlowValuesView {
  @Id() siteId!: string;
  @Id() companyId!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) withdrawnAt!: string | null;
}

export class ChangedByView {
  @Id() id!: string;
  @ApiProperty({ type: String }) name!: string;
}

export class FlowVersionView {
  @ApiProperty({ type: Number }) version!: number;
  @ApiProperty({ enum: CHANGES }) change!: FlowVersion['change'];
  @ApiProperty({ type: String, format: 'date-time' }) changedAt!: Date;
  @ApiProperty({ type: ChangedByView, nullable: true, description: 'Null: the system.' }) changedBy!: ChangedByView | null;
  @ApiProperty({ type: FlowVersionDataView }) data!: FlowVersionDataView;
}

export class CompanyEventSubjectView {
  @ApiProperty({ enum: ['company', 'site', 'contact', 'agreement', 'flow'] }) type!: string;
  @Id() id!: string;
  @NullableText() label!: string | null;
}

export class CompanyEventView {
  @Id() id!: string;
  @ApiProperty({ type: String, format: 'date-time' }) at!: Date;
  @ApiProperty({ type: ChangedByView, nullable: true, description: 'Null: the system.' }) by!: ChangedByView | null;
  @ApiProperty({ type: String, example: 'flow.confirmed' }) action!: string;
  @ApiProperty({ type: CompanyEventSubjectView }) subject!: CompanyEventSubjectView;
  @ApiProperty({ type: [String], description: 'Fields that an edit spoke of.' }) fields!: string[];
}

export class CompanyHistoryPage {
  @ApiProperty({ type: [CompanyEventView] }) rows!: CompanyEventView[];
  @NullableText('Send it as `after` for the next page.') next!: string | null;
}

export class MergeBody {
  @ApiProperty({ type: String, format: 'uuid', description: 'The company that is a double and goes.' }) @IsUUID('all') doubleId!: string;
}

export class MergeView {
  @ApiProperty({ type: Number }) sites!: number;
  @ApiProperty({ type: Number }) flows!: number;
  @ApiProperty({ type: Number }) contacts!: number;
  @ApiProperty({ type: Number }) agreements!: number;
}

export class NewSynergyBody {
  @ApiProperty({ type: String, format: 'uuid' }) @IsUUID('all') outputFlowId!: string;
  @ApiProperty({ type: String, format: 'uuid' }) @IsUUID('all') inputFlowId!: string;
  @OptionalText('Day.', 40) startedOn?: string | null;
}

export class EndSynergyBody {
  @OptionalText('Day; absent: today.', 40) endedOn?: string | null;
}

export class EndedSynergyView {
  @ApiProperty({ type: String, format: 'date' }) endedOn!: string;
}

export class SynergiesQuery extends PageQuery {
  @OptionalId('A flow on either side.') flowId?: string;
}

export class SynergySideView {
  @Id() flowId!: string;
  @ApiProperty({ type: String }) description!: string;
  @ApiProperty({ type: String }) category!: string;
  @Id() companyId!: string;
  @ApiProperty({ type: String }) companyName!: string;
}

export class SynergyView {
  @Id() id!: string;
  @ApiProperty({ type: String, format: 'date', nullable: true }) startedOn!: string | null;
  @ApiProperty({ type: String, format: 'date', nullable: true }) endedOn!: string | null;
  @ApiProperty({ type: SynergySideView }) output!: SynergySideView;
  @ApiProperty({ type: SynergySideView }) input!: SynergySideView;
}

export class SynergiesPage {
  @ApiProperty({ type: [SynergyView] }) rows!: SynergyView[];
  @NullableText('Send it as `after` for the next page.') next!: string | null;
}
