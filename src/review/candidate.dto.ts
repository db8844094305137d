import { ApiProperty, ApiPropertyOptional, IntersectionType, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsNumber, IsObject, IsOptional, IsString, IsUUID, Max, MaxLength, Min } from 'class-validator';
import type { CandidateStatus } from '../matching/matching.entities.js';
import { FAMILIES, type Family } from '../resources/resource-catalogue.js';
import { DecisionView, FlowBrief, ListItem, STATUSES, WeeklyList } from './review.dto.js';

const NULL_NUMBER = { type: Number, nullable: true } as const;
const NULL_TEXT = { type: String, nullable: true } as const;

export class QualityText {
  @ApiProperty({ type: String }) label!: string;
  @ApiProperty({ type: String, description: 'With its unit.' }) value!: string;
}

export class FlowDetail extends FlowBrief {
  @ApiProperty({ type: Number }) version!: number;
  @ApiProperty({ type: String, format: 'uuid' }) siteId!: string;
  @ApiProperty(NULL_TEXT) siteName!: string | null;
  @ApiProperty(NULL_TEXT) address!: string | null;
  @ApiProperty(NULL_TEXT) postcode!: string | null;
  @ApiProperty(NULL_NUMBER) latitude!: number | null;
  @ApiProperty(NULL_NUMBER) longitude!: number | null;
  @ApiProperty(NULL_TEXT) siren!: string | null;
  @ApiProperty(NULL_TEXT) naf!: string | null;
  @ApiProperty({ ...NULL_TEXT, description: 'What was entered.' }) quantityEntered!: string | null;
  @ApiProperty({ ...NULL_TEXT, enum: ['measured', 'declared', 'estimated', 'sector-average'] }) provenance!: string | null;
  @ApiProperty(NULL_NUMBER) minimumLot!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Bit 0 January … bit 11 December; null unknown.' }) months!: number | null;
  @ApiProperty({ type: Object, additionalProperties: true }) quality!: Record<string, unknown>;
  @ApiProperty({ type: [QualityText], description: 'The same in words.' }) qualities!: QualityText[];
  @ApiProperty({ type: Boolean, nullable: true }) hazardous!: boolean | null;
  @ApiProperty({ ...NULL_TEXT, description: 'Six digits.' }) wasteCode!: string | null;
  @ApiProperty({ ...NULL_TEXT, enum: ['suggested', 'declared', 'advisor'] }) codeOrigin!: string | null;
  @ApiProperty({ ...NULL_TEXT, enum: ['yes', 'not-asked', 'no'] }) wish!: string | null;
  @ApiProperty({ type: String, format: 'date' }) confirmedOn!: string;
  @ApiProperty({ type: Number, description: 'Since it was confirmed.' }) ageDays!: number;
  @ApiProperty({ type: Boolean }) withdrawn!: boolean;
  @ApiProperty(NULL_TEXT) presentOutlet!: string | null;
  @ApiProperty({ ...NULL_NUMBER, description: '€ a unit; positive: the company pays.' }) presentCost!: number | null;
  @ApiProperty({ ...NULL_TEXT, format: 'date' }) contractEndsOn!: string | null;
  @ApiProperty(NULL_TEXT) permitRegime!: string | null;
  @ApiProperty({ type: [String] }) permitHeadings!: string[];
  @ApiProperty({ type: Boolean, nullable: true }) hazardousPermitted!: boolean | null;
}

export class PartView {
  @ApiProperty({ type: String }) term!: string;
  @ApiProperty({ type: String }) label!: string;
  @ApiProperty({ type: Number, description: 'All parts add up to the points exactly.' }) points!: number;
  @ApiProperty({ type: String }) why!: string;
}

export class QuestionView {
  @ApiProperty({ type: String }) code!: string;
  @ApiProperty({ type: String }) text!: string;
}

export class MoneyAtStake {
  @ApiProperty({ ...NULL_NUMBER, description: '€ a year, both sides together, for the quantity that can be exchanged; positive: paid today.' }) amount!: number | null;
  @ApiProperty(NULL_NUMBER) output!: number | null;
  @ApiProperty(NULL_NUMBER) input!: number | null;
  @ApiProperty({ type: String }) sentence!: string;
}

export class VerdictCount {
  @ApiProperty({ enum: ['accept', 'reject', 'snooze', 'cannot-say'] }) verdict!: string;
  @ApiProperty({ type: Number }) count!: number;
}

export class ReasonCount {
  @ApiProperty({ type: String }) reason!: string;
  @ApiProperty({ type: String }) label!: string;
  @ApiProperty({ type: Number }) count!: number;
}

export class ChangeView {
  @ApiProperty({ enum: ['output', 'input'] }) side!: 'output' | 'input';
  @ApiProperty({ type: String }) fact!: string;
  @ApiProperty({ type: String }) text!: string;
}

export class ChangesView {
  @ApiProperty({ type: String, format: 'date-time', description: 'When the pair was last shown: on an earlier list, else on this one.' }) since!: string;
  @ApiProperty({ type: [ChangeView] }) items!: ChangeView[];
}

/** What advisors and analysts see alike. */
export class CandidateFacts {
  @ApiProperty({ type: [PartView] }) parts!: PartView[];
  @ApiProperty({ type: Object, additionalProperties: true, description: 'Raw values of the score.' }) features!: Record<string, unknown>;
  @ApiProperty(NULL_TEXT) substitution!: string | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Points that were needed to be listed.' }) thresholdPoints!: number | null;
  @ApiProperty(NULL_NUMBER) inclusionProbability!: number | null;
  @ApiProperty({ type: [String] }) capsActed!: string[];
  @ApiProperty({ ...NULL_TEXT, enum: ['local', 'regional', 'national'] }) ring!: string | null;
  @ApiProperty({ type: [String], description: 'Gates that this lead was taken past by hand.' }) gatesPassed!: string[];
  @ApiProperty(NULL_NUMBER) policyVersion!: number | null;
  @ApiProperty(NULL_NUMBER) modelVersion!: number | null;
  @ApiProperty({ type: String }) firstQuestion!: string;
  @ApiProperty({ type: [QuestionView] }) questions!: QuestionView[];
  @ApiProperty({ type: [QuestionView], description: 'Regulatory points to check before calling; no legal advice.' }) regulatory!: QuestionView[];
  @ApiProperty({ type: String }) whatWouldChange!: string;
  @ApiProperty({ ...NULL_NUMBER, description: 'What the output makes of the input, in the unit of the need, a year.' }) supply!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'The need, a year.' }) demand!: number | null;
  @ApiProperty({ type: String }) unit!: string;
  @ApiProperty({ type: MoneyAtStake, nullable: true }) moneyAtStake!: MoneyAtStake | null;
  @ApiProperty({ type: [VerdictCount], description: 'Standing decisions on other pairs of the same substitution.' }) alike!: VerdictCount[];
  @ApiProperty({ type: [ReasonCount] }) alikeReasons!: ReasonCount[];
  @ApiProperty({ type: [DecisionView], description: 'Everything that was decided on this pair, the oldest first.' }) history!: DecisionView[];
  @ApiProperty({ type: ChangesView }) changes!: ChangesView;
}

export class CandidateDetail extends IntersectionType(OmitType(ListItem, ['output', 'input'] as const), CandidateFacts) {
  @ApiProperty({ type: FlowDetail }) output!: FlowDetail;
  @ApiProperty({ type: FlowDetail }) input!: FlowDetail;
  @ApiProperty({ ...NULL_TEXT, description: 'Why somebody made this lead by hand.' }) byHandReason!: string | null;
}

export class NeighbourFlow extends FlowBrief {
  @ApiProperty({ type: Number, description: 'Degrees, WGS 84.' }) latitude!: number;
  @ApiProperty({ type: Number }) longitude!: number;
  @ApiProperty({ type: Number, description: 'Great-circle km to the other side of the lead.' }) distanceKm!: number;
}

export class NeighbourFlows {
  @ApiProperty({ type: Number, description: 'All of them, those that are not told of included.' }) count!: number;
  @ApiProperty({ type: [NeighbourFlow], description: 'The nearest first.' }) nearest!: NeighbourFlow[];
}

export class ReachView {
  @ApiProperty({ type: Number, description: 'From here on distance weighs.' }) softKm!: number;
  @ApiProperty({ type: Number, description: 'Beyond it nothing is proposed.' }) hardKm!: number;
  @ApiProperty({ type: Boolean, description: 'By the quantity, as where matter or heat flows in a pipe.' }) byQuantity!: boolean;
}

/** What a map of the lead shows beside its two sites. */
export class Surroundings {
  @ApiProperty({ type: ReachView, nullable: true, description: 'By the policy of now; null: one of the flows has been withdrawn or has lost its place.' }) reach!: ReachView | null;
  @ApiProperty({ type: NeighbourFlows, description: "Other outputs of the output's category in the territory." }) outputs!: NeighbourFlows;
  @ApiProperty({ type: NeighbourFlows, description: "Other inputs of the input's category in the territory." }) inputs!: NeighbourFlows;
}

/** A flow without anything that leads to its company. */
export class PseudonymousFlow {
  @ApiProperty({ type: String, description: 'The same for the same company, always.' }) company!: string;
  @ApiProperty({ type: String }) category!: string;
  @ApiProperty({ type: String }) label!: string;
  @ApiProperty({ enum: FAMILIES, nullable: true }) family!: Family | null;
  @ApiProperty(NULL_NUMBER) quantity!: number | null;
  @ApiProperty({ type: String }) unit!: string;
  @ApiProperty({ ...NULL_TEXT, enum: ['measured', 'declared', 'estimated', 'sector-average'] }) provenance!: string | null;
  @ApiProperty(NULL_NUMBER) months!: number | null;
  @ApiProperty({ type: Boolean, nullable: true }) hazardous!: boolean | null;
  @ApiProperty(NULL_TEXT) wasteCode!: string | null;
  @ApiProperty({ ...NULL_TEXT, enum: ['suggested', 'declared', 'advisor'] }) codeOrigin!: string | null;
  @ApiProperty({ ...NULL_TEXT, enum: ['yes', 'not-asked', 'no'] }) wish!: string | null;
  @ApiProperty({ type: Number }) ageDays!: number;
}

export class PseudonymousItem extends OmitType(ListItem, ['output', 'input', 'assignee', 'delegate'] as const) {
  @ApiProperty({ type: PseudonymousFlow }) output!: PseudonymousFlow;
  @ApiProperty({ type: PseudonymousFlow }) input!: PseudonymousFlow;
}

export class PseudonymousList extends OmitType(WeeklyList, ['items'] as const) {
  @ApiProperty({ type: [PseudonymousItem] }) items!: PseudonymousItem[];
}

export class PseudonymousCandidate extends IntersectionType(PseudonymousItem, CandidateFacts) {}

const VERDICTS = ['accept', 'reject', 'snooze', 'cannot-say'] as const;

export class DecisionRequest {
  @ApiProperty({ enum: VERDICTS }) @IsIn(VERDICTS) verdict!: (typeof VERDICTS)[number];
  @ApiPropertyOptional({ ...NULL_TEXT, description: 'Slug of GET /api/reasons; for a rejection, and only then.' }) @IsOptional() @IsString() @MaxLength(60) reason?: string | null;
  @ApiPropertyOptional(NULL_TEXT) @IsOptional() @IsString() @MaxLength(2_000) comment?: string | null;
  @ApiPropertyOptional({ ...NULL_TEXT, format: 'date', description: 'For a snooze, and only then: from tomorrow to a year from now.' }) @IsOptional() @IsString() @MaxLength(10) snoozeUntil?: string | null;
  @ApiPropertyOptional({ ...NULL_NUMBER, description: 'How long the lead was looked at.' }) @IsOptional() @IsNumber() @Min(0) @Max(86_400) secondsOnScreen?: number | null;
  @ApiPropertyOptional({ type: Object, additionalProperties: true, description: 'What was on screen, kept with the decision; at most 8 kB.' }) @IsOptional() @IsObject() shown?: Record<string, unknown>;
  @ApiPropertyOptional({ type: String, format: 'uuid', description: 'Chosen by the sender, new for each decision: sent again, it records nothing twice.' }) @IsOptional() @IsUUID() decisionId?: string;
}

export class DecisionResult {
  @ApiProperty({ type: String, format: 'uuid' }) decisionId!: string;
  @ApiProperty({ type: Number, description: 'Of the candidate, after it.' }) version!: number;
  @ApiProperty({ type: Boolean, description: 'It had been recorded before.' }) repeated!: boolean;
}

export class WithdrawalResult extends DecisionResult {
  @ApiProperty({ enum: STATUSES, description: 'Open again, or expired when its time is over.' }) status!: CandidateStatus;
}

export class WithdrawalQuery {
  @ApiPropertyOptional({ type: String, format: 'uuid', description: 'Chosen by the sender: sent again, it records nothing twice.' }) @IsOptional() @IsUUID() withdrawalId?: string;
}

export class AssigneeRequest {
  @ApiProperty({ type: String, format: 'uuid' }) @IsUUID() personId!: string;
}

export class VersionBody {
  @ApiProperty({ type: Number }) version!: number;
}

export class ReasonBody {
  @ApiProperty({ type: String }) slug!: string;
  @ApiProperty({ type: String, description: 'The one key that chooses it.' }) key!: string;
  @ApiProperty({ type: String }) label!: string;
  @ApiProperty({ type: String, description: 'When the pair comes back.' }) afterwards!: string;
  @ApiProperty({ type: Boolean, description: 'The data could have told.' }) qualitySignal!: boolean;
  @ApiProperty({ enum: ['category', 'distance', 'volume', 'season', 'regulation', 'none'] }) factor!: string;
  @ApiProperty({ type: Boolean }) commentRequired!: boolean;
}

export class DataTasksQuery {
  @ApiPropertyOptional({ type: String, description: '`next` of the page before.' }) @IsOptional() @IsString() after?: string;
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 100, default: 50 }) @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(100) limit = 50;
}

export class DataTask {
  @ApiProperty({ type: String, format: 'uuid' }) candidateId!: string;
  @ApiProperty({ type: FlowBrief }) output!: FlowBrief;
  @ApiProperty({ type: FlowBrief }) input!: FlowBrief;
  @ApiProperty({ type: DecisionView, nullable: true }) decision!: DecisionView | null;
}

export class DataTasksBody {
  @ApiProperty({ type: [DataTask] }) tasks!: DataTask[];
  @ApiProperty({ ...NULL_TEXT, description: 'Give as `after` for the next page.' }) next!: string | null;
}

export class LeadRequest {
  @ApiProperty({ type: String, format: 'uuid' }) @IsUUID() outputFlowId!: string;
  @ApiProperty({ type: String, format: 'uuid' }) @IsUUID() inputFlowId!: string;
  @ApiProperty({ type: String }) @IsString() @IsNotEmpty() @MaxLength(2_000) reason!: string;
  @ApiPropertyOptional({ type: [String], description: 'Gates to take it past; each one that fails has to be named.' }) @IsOptional() @IsString({ each: true }) gatesPassed?: string[];
  @ApiPropertyOptional({ type: String, format: 'uuid', description: 'Chosen by the sender: sent again, it makes nothing twice.' }) @IsOptional() @IsUUID() leadId?: string;
}

export class LeadResult {
  @ApiProperty({ type: String, format: 'uuid', description: 'Of the candidate.' }) id!: string;
  @ApiProperty({ type: Number }) version!: number;
}

export class WhyNotQuery {
  @ApiProperty({ type: String, format: 'uuid' }) @IsUUID() output!: string;
  @ApiProperty({ type: String, format: 'uuid' }) @IsUUID() input!: string;
}

export class GateView {
  @ApiProperty({ type: String }) gate!: string;
  @ApiProperty({ type: String }) label!: string;
  @ApiProperty({ ...NULL_TEXT, description: 'The figures behind it.' }) detail!: string | null;
  @ApiProperty({ type: Boolean, description: 'A lead may be taken past it by hand.' }) passable!: boolean;
}

export class BlockView {
  @ApiProperty({ enum: ['suppressed', 'introduced', 'running'] }) kind!: string;
  @ApiProperty({ type: String }) label!: string;
  @ApiProperty({ ...NULL_TEXT, description: 'Null where only the one who said it may see it.' }) reason!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) since!: string;
  @ApiProperty({ ...NULL_TEXT, format: 'date-time' }) until!: string | null;
  @ApiProperty({ ...NULL_TEXT, description: 'What else brings it back.' }) liftsWhen!: string | null;
}

export class CandidateReference {
  @ApiProperty({ type: String, format: 'uuid' }) id!: string;
  @ApiProperty({ enum: STATUSES }) status!: CandidateStatus;
  @ApiProperty({ type: String }) week!: string;
}

const ANSWERS = ['on-the-list', 'unmatchable', 'blocked', 'gates', 'below-threshold', 'no-run', 'changed-since', 'cut-by-budget', 'cut-by-caps'] as const;

export class WhyNotAnswer {
  @ApiProperty({ enum: ANSWERS }) answer!: (typeof ANSWERS)[number];
  @ApiProperty({ type: String }) text!: string;
  @ApiProperty({ type: CandidateReference, nullable: true, description: 'Its open lead.' }) candidate!: CandidateReference | null;
  @ApiProperty({ type: [GateView] }) gates!: GateView[];
  @ApiProperty({ type: [BlockView] }) blocks!: BlockView[];
  @ApiProperty(NULL_NUMBER) distanceKm!: number | null;
  @ApiProperty(NULL_NUMBER) points!: number | null;
  @ApiProperty({ type: Number }) thresholdPoints!: number;
  @ApiProperty({ ...NULL_NUMBER, description: 'Points that it lacks; null: none, or no score.' }) missingPoints!: number | null;
  @ApiProperty({ type: [PartView] }) parts!: PartView[];
  @ApiProperty({ ...NULL_TEXT, description: 'Last published week.' }) lastWeek!: string | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Points of the last lead on it.' }) lowestListedPoints!: number | null;
}
