import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { LabelsView } from '../resources/resources.controller.js';
import { FAMILIES, type Family } from '../resources/resource-catalogue.js';
import { ShareView } from './preview.dto.js';

export class EvidenceQuery {
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 104, default: 26, description: 'Weeks with a list, the newest first.' })
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(104) weeks = 26;
}

export class CurvePointView {
  @ApiProperty({ type: Number }) thresholdPoints!: number;
  @ApiProperty({ type: Number, description: 'Judged leads a week at or above it.' }) shown!: number;
  @ApiProperty({ type: Number, description: 'A week.' }) minutes!: number;
  @ApiProperty({ type: Number, description: 'A week.' }) accepted!: number;
  @ApiProperty({ type: ShareView }) acceptance!: ShareView;
  @ApiProperty({ type: ShareView, description: 'Not rejected for a reason that the data could have told.' }) knowablePrecision!: ShareView;
}

export class ReasonCount {
  @ApiProperty({ type: String, description: 'Slug; `discussed` stands for every discreet reason.' }) reason!: string;
  @ApiProperty({ type: String, description: 'In the reader\'s language.' }) label!: string;
  @ApiProperty({ type: Number }) count!: number;
}

export class ReasonsOfCategory {
  @ApiProperty({ type: String, description: 'Of the output.' }) category!: string;
  @ApiProperty({ type: LabelsView }) label!: LabelsView;
  @ApiProperty({ type: String, nullable: true }) family!: string | null;
  @ApiProperty({ type: ShareView }) acceptance!: ShareView;
  @ApiProperty({ type: [ReasonCount] }) reasons!: ReasonCount[];
}

export class ReliabilityBinView {
  @ApiProperty({ type: Number }) from!: number;
  @ApiProperty({ type: Number }) to!: number;
  @ApiProperty({ type: Number, description: 'Mean probability that was said.' }) said!: number;
  @ApiProperty({ type: ShareView }) observed!: ShareView;
}

export class ReliabilityView {
  @ApiProperty({ type: [ReliabilityBinView], description: 'Empty while decisions are missing.' }) bins!: ReliabilityBinView[];
  @ApiProperty({ type: Number, description: 'Decisions on leads that bore a probability.' }) decisions!: number;
  @ApiProperty({ type: Number, description: 'How many of these are missing.' }) missing!: number;
}

export class EvidenceBody {
  @ApiProperty({ type: [String], description: 'Weeks that count.' }) weeks!: string[];
  @ApiProperty({ type: Number }) decisions!: number;
  @ApiProperty({ type: Number, description: 'Minutes a review takes.' }) reviewMinutes!: number;
  @ApiProperty({ type: Boolean, description: 'False: the policy\'s figure, nothing was measured yet.' }) reviewMinutesMeasured!: boolean;
  @ApiProperty({ type: [CurvePointView] }) curve!: CurvePointView[];
  @ApiProperty({ type: ShareView, description: 'Accepted of the audit slice: what the threshold keeps away.' }) auditAcceptance!: ShareView;
  @ApiProperty({ type: [ReasonsOfCategory] }) reasons!: ReasonsOfCategory[];
  @ApiProperty({ type: ReliabilityView }) reliability!: ReliabilityView;
}

export class TunedCategory {
  @ApiProperty({ type: String }) slug!: string;
  @ApiProperty({ type: LabelsView }) label!: LabelsView;
  @ApiProperty({ enum: FAMILIES }) family!: Family;
  @ApiProperty({ type: Number }) outputs!: number;
  @ApiProperty({ type: Number }) inputs!: number;
  @ApiProperty({ type: Number, description: 'Decisions on outputs of this category, ever.' }) decisions!: number;
  @ApiProperty({ type: Number, description: 'km before any factor.' }) softKm!: number;
  @ApiProperty({ type: Number }) hardKm!: number;
  @ApiProperty({ type: Boolean, description: 'In a pipe both go by the quantity instead.' }) byQuantity!: boolean;
}

export class TunedCategories {
  @ApiProperty({ type: [TunedCategory] }) categories!: TunedCategory[];
}

export class DifferencesQuery {
  @ApiProperty({ type: Number, description: 'Version to compare with.' }) @Type(() => Number) @IsInt() @Min(1) from!: number;
}

export class PolicyDifferenceView {
  @ApiProperty({ type: String, example: 'categories.straw.hardDistanceFactor' }) field!: string;
  @ApiProperty({ oneOf: [{ type: 'number' }, { type: 'string' }], nullable: true, description: 'Null: not set at this level.' }) from!: number | string | null;
  @ApiProperty({ oneOf: [{ type: 'number' }, { type: 'string' }], nullable: true }) to!: number | string | null;
}

export class PolicyDifferences {
  @ApiProperty({ type: [PolicyDifferenceView] }) differences!: PolicyDifferenceView[];
}
