import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsNumber, IsOptional, IsUUID, Matches, Max, Min } from 'class-validator';
import type { CandidateKind, CandidateStatus } from '../matching/matching.entities.js';
import { FunnelGate } from '../matching/runs.dto.js';
import { FAMILIES, type Family } from '../resources/resource-catalogue.js';

export const KINDS = ['listed', 'audit', 'by-hand'] as const;
export const STATUSES = ['open', 'decided', 'expired', 'replaced'] as const;
/** `discussed`: said for a reason that only the one who said it sees. */
const SHOWN_VERDICTS = ['accept', 'reject', 'snooze', 'cannot-say', 'withdraw', 'discussed'] as const;

const NULL_NUMBER = { type: Number, nullable: true } as const;
const NULL_TEXT = { type: String, nullable: true } as const;

export class PersonBrief {
  @ApiProperty({ type: String, format: 'uuid' }) id!: string;
  @ApiProperty({ type: String }) name!: string;
}

export class DecisionView {
  @ApiProperty({ type: String, format: 'uuid' }) id!: string;
  @ApiProperty({ enum: SHOWN_VERDICTS }) verdict!: (typeof SHOWN_VERDICTS)[number];
  @ApiProperty({ ...NULL_TEXT, description: 'Slug of the closed list.' }) reason!: string | null;
  @ApiProperty(NULL_TEXT) reasonLabel!: string | null;
  @ApiProperty(NULL_TEXT) comment!: string | null;
  @ApiProperty({ ...NULL_TEXT, format: 'date' }) snoozeUntil!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) decidedAt!: string;
  @ApiProperty({ type: PersonBrief, nullable: true }) by!: PersonBrief | null;
}

export class FlowBrief {
  @ApiProperty({ type: String, format: 'uuid' }) flowId!: string;
  @ApiProperty({ type: String, format: 'uuid' }) companyId!: string;
  @ApiProperty({ type: String }) company!: string;
  @ApiProperty(NULL_TEXT) commune!: string | null;
  @ApiProperty({ ...NULL_TEXT, description: 'Name of the neighbouring territory; null: our own.' }) territory!: string | null;
  @ApiProperty({ type: String, description: 'Slug.' }) category!: string;
  @ApiProperty({ type: String }) label!: string;
  @ApiProperty({ enum: FAMILIES, nullable: true }) family!: Family | null;
  @ApiProperty({ type: String, description: "The company's own words." }) description!: string;
  @ApiProperty({ ...NULL_NUMBER, description: 'A year; null unknown.' }) quantity!: number | null;
  @ApiProperty({ type: String }) unit!: string;
  @ApiProperty({ type: PersonBrief, nullable: true }) referent!: PersonBrief | null;
}

export class ListItem {
  @ApiProperty({ type: String, format: 'uuid' }) id!: string;
  @ApiProperty({ ...NULL_NUMBER, description: 'From 1 in its run; null: made by hand.' }) rank!: number | null;
  @ApiProperty({ enum: KINDS }) kind!: CandidateKind;
  @ApiProperty(NULL_NUMBER) points!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Null until calibrated.' }) probability!: number | null;
  @ApiProperty({ type: FlowBrief }) output!: FlowBrief;
  @ApiProperty({ type: FlowBrief }) input!: FlowBrief;
  @ApiProperty(NULL_NUMBER) distanceKm!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Share of the need that the output covers, 0 to 1; null: a quantity is unknown.' }) covered!: number | null;
  @ApiProperty({ type: PersonBrief, nullable: true }) assignee!: PersonBrief | null;
  @ApiProperty({ type: PersonBrief, nullable: true, description: 'Decides while the assignee is away.' }) delegate!: PersonBrief | null;
  @ApiProperty({ enum: STATUSES }) status!: CandidateStatus;
  @ApiProperty({ type: Number, description: 'Send it as If-Match: "3".' }) version!: number;
  @ApiProperty({ type: DecisionView, nullable: true }) decision!: DecisionView | null;
  @ApiProperty({ type: String, example: '2026-W48' }) week!: string;
  @ApiProperty({ type: Boolean, description: 'Undecided from an earlier week.' }) fromEarlierWeek!: boolean;
  @ApiProperty({ type: String, format: 'date-time' }) publishedAt!: string;
  @ApiProperty({ ...NULL_TEXT, description: 'What brought the pair back after a decision.' }) returnedBecause!: string | null;
  @ApiProperty({ type: String }) sentence!: string;
}

export class ListShortfall {
  @ApiProperty({ type: Number }) wanted!: number;
  @ApiProperty({ type: Number }) listed!: number;
  @ApiProperty({ type: Object, additionalProperties: { type: 'number' }, description: 'Pairs above the threshold that a cap kept off, by cap.' }) cappedOff!: Record<string, number>;
  @ApiProperty(NULL_NUMBER) bestBelowPoints!: number | null;
  @ApiProperty({ type: Number }) thresholdPoints!: number;
}

export class ListRun {
  @ApiProperty({ type: String, format: 'uuid' }) id!: string;
  @ApiProperty({ type: String, example: '2026-W48' }) week!: string;
  @ApiProperty({ type: Number }) attempt!: number;
  @ApiProperty(NULL_NUMBER) policyVersion!: number | null;
  @ApiProperty(NULL_NUMBER) modelVersion!: number | null;
  @ApiProperty({ type: String, format: 'date-time' }) publishedAt!: string;
  @ApiProperty({ type: [FunnelGate] }) funnel!: FunnelGate[];
  @ApiProperty({ type: ListShortfall, nullable: true, description: 'Null: the list is full.' }) shortfall!: ListShortfall | null;
  @ApiProperty({ type: String, description: 'Why the list is short, in words; empty when it is full.' }) shortfallText!: string;
}

export class RunUnderWayBody {
  @ApiProperty({ type: String, format: 'uuid' }) id!: string;
  @ApiProperty({ type: String }) week!: string;
  @ApiProperty({ type: String, enum: ['waiting', 'started', 'scored', 'selected', 'failed'] }) state!: string;
  @ApiProperty({ type: Number }) progress!: number;
  @ApiProperty(NULL_TEXT) failure!: string | null;
}

export class WeeklyList {
  @ApiProperty({ type: String, example: '2026-W48' }) week!: string;
  @ApiProperty({ type: ListRun, nullable: true, description: 'Null: nothing was published yet.' }) run!: ListRun | null;
  @ApiProperty({ type: RunUnderWayBody, nullable: true }) underWay!: RunUnderWayBody | null;
  @ApiProperty({ type: [ListItem] }) items!: ListItem[];
  @ApiProperty({ ...NULL_TEXT, description: 'Give as `after` for the next page.' }) next!: string | null;
  @ApiProperty({ type: Number, description: "Leads of this list that are still open, whatever the filters." }) open!: number;
  @ApiProperty({ type: Number, description: "What a review takes: the reader's own figure when measured, else the policy's." }) minutesPerLead!: number;
  @ApiProperty({ ...NULL_NUMBER, description: 'Good leads to expect among the open ones; null until probabilities are calibrated.' }) expectedAccepted!: number | null;
}

const asBoolean = Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));

export class PageQuery {
  @ApiPropertyOptional({ type: String, example: '2026-W48', description: 'Absent: the last list, with what is undecided of earlier ones.' })
  @IsOptional() @Matches(/^\d{4}-W\d{2}$/) week?: string;
  @ApiPropertyOptional({ enum: FAMILIES, description: 'Family of the output.' }) @IsOptional() @IsIn(FAMILIES) family?: Family;
  @ApiPropertyOptional({ type: Number }) @IsOptional() @Type(() => Number) @IsNumber() @Min(0) maxDistanceKm?: number;
  @ApiPropertyOptional({ type: String, description: '`next` of the page before.' }) @IsOptional() after?: string;
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 100, default: 50 }) @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) limit = 50;
}

export class WeeklyListQuery extends PageQuery {
  @ApiPropertyOptional({ type: String, format: 'uuid', description: 'Either side.' }) @IsOptional() @IsUUID() companyId?: string;
  @ApiPropertyOptional({ type: Boolean, description: 'What is mine to decide, also in place of somebody who is away.' }) @IsOptional() @asBoolean @IsBoolean() mine?: boolean;
}

export class CompanyLeadsQuery {
  @ApiPropertyOptional({ type: String, description: '`next` of the page before.' }) @IsOptional() after?: string;
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 100, default: 20 }) @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) limit = 20;
}

export class CompanyLeadsPage {
  @ApiProperty({ type: [ListItem] }) items!: ListItem[];
  @ApiProperty({ ...NULL_TEXT, description: 'Give as `after` for the next page.' }) next!: string | null;
}
