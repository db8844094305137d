import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';

const STATES = ['waiting', 'started', 'scored', 'selected', 'published', 'failed'] as const;

export class RunsQuery {
  @ApiProperty({ type: String, format: 'uuid', required: false, description: 'Last run of the page before: go on after it.' })
  @IsOptional() @IsUUID()
  after?: string;

  @ApiProperty({ type: Number, required: false, minimum: 1, maximum: 100, default: 20 })
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100)
  limit = 20;
}

export class RunSummary {
  @ApiProperty({ type: String, format: 'uuid' }) id!: string;
  @ApiProperty({ type: String, example: '2026-W48' }) week!: string;
  @ApiProperty({ type: Number }) attempt!: number;
  @ApiProperty({ enum: STATES }) state!: (typeof STATES)[number];
  @ApiProperty({ enum: ['schedule', 'demand'] }) cause!: 'schedule' | 'demand';
  @ApiProperty({ type: Number, description: 'Share done, 0 to 1.' }) progress!: number;
  @ApiProperty({ type: String, nullable: true, description: 'What failed; never data.' }) failure!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) publishedAt!: string | null;
  @ApiProperty({ type: Number, nullable: true }) policyVersion!: number | null;
  @ApiProperty({ type: Number, nullable: true }) modelVersion!: number | null;
  @ApiProperty({ type: Number, description: 'Leads published, the audit slice included.' }) leads!: number;
}

export class RunsPage {
  @ApiProperty({ type: [RunSummary] }) runs!: RunSummary[];
  @ApiProperty({ type: String, nullable: true, description: 'Give as `after` for the next page; null: no more.' }) next!: string | null;
}

export class FunnelGate {
  @ApiProperty({ type: String }) gate!: string;
  @ApiProperty({ type: Number, description: 'Pairs whose first failing gate this is.' }) removed!: number;
  @ApiProperty({ type: Boolean, description: 'False: estimated on a sample, with its 95 % interval.' }) exact!: boolean;
  @ApiProperty({ type: Number, required: false }) low?: number;
  @ApiProperty({ type: Number, required: false }) high?: number;
}

export class HistogramBin {
  @ApiProperty({ type: Number, description: 'Points at the lower edge; a bin is 5 wide.' }) from!: number;
  @ApiProperty({ type: Number, description: 'Pairs that passed every gate.' }) count!: number;
}

export class ShortfallDto {
  @ApiProperty({ type: Number, description: 'Leads that there was time for.' }) wanted!: number;
  @ApiProperty({ type: Number }) listed!: number;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'number' }, description: 'Pairs above the threshold that each cap kept off.' }) cappedOff!: Record<string, number>;
  @ApiProperty({ type: Number, nullable: true, description: 'Points of the best pair below its threshold.' }) bestBelowPoints!: number | null;
  @ApiProperty({ type: Number }) thresholdPoints!: number;
}

export class SkippedFlowsDto {
  @ApiProperty({ type: Number }) withoutPlace!: number;
  @ApiProperty({ type: Number }) unknownCategory!: number;
  @ApiProperty({ type: Number }) unknownAttributes!: number;
}

export class RunDetail extends RunSummary {
  @ApiProperty({ type: String, format: 'date-time' }) asOf!: string;
  @ApiProperty({ type: String }) codeVersion!: string;
  @ApiProperty({ type: String, nullable: true }) knowledgeHash!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'SHA-256 of the list: the same input gives the same bytes.' }) listHash!: string | null;
  @ApiProperty({ type: [FunnelGate], nullable: true }) funnel!: FunnelGate[] | null;
  @ApiProperty({ type: [HistogramBin], nullable: true }) histogram!: HistogramBin[] | null;
  @ApiProperty({ type: ShortfallDto, nullable: true, description: 'Why the list is short; null: it is full.' }) shortfall!: ShortfallDto | null;
  @ApiProperty({ type: SkippedFlowsDto, nullable: true, description: 'Flows that could not be read into the run.' }) skipped!: SkippedFlowsDto | null;
  @ApiProperty({ type: Number, nullable: true, description: 'Leads that the advisors present had time for.' }) budget!: number | null;
}

export class RequestedRunDto {
  @ApiProperty({ type: String, format: 'uuid' }) runId!: string;
  @ApiProperty({ type: String }) week!: string;
  @ApiProperty({ type: Number }) attempt!: number;
  @ApiProperty({ type: Boolean, description: 'False: an unfinished run answers.' }) created!: boolean;
}
