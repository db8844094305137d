import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsObject, IsOptional, Max, Min } from 'class-validator';
import { LabelsView } from '../resources/resources.controller.js';
import type { Binding } from './list-comparison.js';

const NULL_NUMBER = { type: Number, nullable: true } as const;
const NULL_TEXT = { type: String, nullable: true } as const;

export class ShareView {
  @ApiProperty({ type: Number }) successes!: number;
  @ApiProperty({ type: Number }) of!: number;
  @ApiProperty({ ...NULL_NUMBER, description: 'Null: too few to tell.' }) share!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: '95 % Clopper–Pearson interval.' }) low!: number | null;
  @ApiProperty(NULL_NUMBER) high!: number | null;
  @ApiProperty({ type: Number, description: 'How many are missing until the share is told.' }) missing!: number;
}

export class PreviewBody {
  @ApiProperty({ type: Object, additionalProperties: true, description: 'A policy document; it need not be stored.' }) @IsObject() document!: object;
  @ApiProperty({ ...NULL_NUMBER, required: false, description: 'Version to hold it against; absent: the active one.' }) @IsOptional() @IsInt() @Min(1) against?: number | null;
  @ApiProperty({ type: Number, required: false, minimum: 1, maximum: 12, default: 4, description: 'Past runs to make again, the newest first.' }) @IsOptional() @IsInt() @Min(1) @Max(12) runs = 4;
}

export class PairCountView {
  @ApiProperty({ type: Number }) count!: number;
  @ApiProperty({ type: Boolean, description: 'False: estimated, with its 95 % interval.' }) exact!: boolean;
  @ApiProperty({ type: Number, required: false }) low?: number;
  @ApiProperty({ type: Number, required: false }) high?: number;
}

export class ListFiguresView {
  @ApiProperty({ type: Number, description: 'Listed by rank.' }) listed!: number;
  @ApiProperty({ type: Number, description: 'Drawn for the audit slice.' }) audit!: number;
  @ApiProperty({ type: Number, description: 'Minutes of review that the week takes, leads that it had already included.' }) minutes!: number;
  @ApiProperty({ type: PairCountView }) aboveThreshold!: PairCountView;
  @ApiProperty({ type: PairCountView, description: 'Pairs that passed every gate.' }) passed!: PairCountView;
  @ApiProperty(NULL_NUMBER) bestBelowPoints!: number | null;
  @ApiProperty({ enum: ['budget', 'threshold', 'caps'], description: 'What keeps the list from being longer: moving anything else does nothing.' }) binds!: Binding;
}

export class PreviewedSide {
  @ApiProperty({ type: String, description: 'Pseudonym.' }) company!: string;
  @ApiProperty({ type: String }) category!: string;
  @ApiProperty({ type: LabelsView }) label!: LabelsView;
  @ApiProperty(NULL_TEXT) family!: string | null;
}

export class PreviewedPair {
  @ApiProperty({ type: String, description: 'The same for the same pair in every run.' }) id!: string;
  @ApiProperty({ type: PreviewedSide }) output!: PreviewedSide;
  @ApiProperty({ type: PreviewedSide }) input!: PreviewedSide;
  @ApiProperty({ type: Number, description: 'Whole km.' }) distanceKm!: number;
  @ApiProperty(NULL_NUMBER) rankBefore!: number | null;
  @ApiProperty(NULL_NUMBER) rankAfter!: number | null;
  @ApiProperty(NULL_NUMBER) pointsBefore!: number | null;
  @ApiProperty(NULL_NUMBER) pointsAfter!: number | null;
  @ApiProperty({ enum: ['accept', 'reject', 'snooze', 'cannot-say', 'discussed'], nullable: true, description: 'What was said of the pair last; null: nobody has judged it.' })
  verdict!: 'accept' | 'reject' | 'snooze' | 'cannot-say' | 'discussed' | null;
  @ApiProperty({ ...NULL_TEXT, description: 'Slug of the reason.' }) reason!: string | null;
  @ApiProperty({ ...NULL_TEXT, description: 'The reason in the reader\'s language.' }) reasonLabel!: string | null;
}

export class GateCount {
  @ApiProperty({ type: Number }) removed!: number;
  @ApiProperty({ type: Boolean }) exact!: boolean;
  @ApiProperty({ type: Number, required: false }) low?: number;
  @ApiProperty({ type: Number, required: false }) high?: number;
}

export class ComparedGate {
  @ApiProperty({ type: String }) gate!: string;
  @ApiProperty({ type: String, description: 'In the reader\'s language.' }) label!: string;
  @ApiProperty({ type: GateCount }) before!: GateCount;
  @ApiProperty({ type: GateCount }) after!: GateCount;
}

export class PreviewedRun {
  @ApiProperty({ type: String, format: 'uuid' }) runId!: string;
  @ApiProperty({ type: String, example: '2026-W48' }) week!: string;
  @ApiProperty({ type: Number }) attempt!: number;
  @ApiProperty({ type: Number, description: 'Leads that the week had when the run began, undecided ones of earlier weeks and those of an earlier attempt: they use up places.' }) open!: number;
  @ApiProperty({ type: ListFiguresView }) before!: ListFiguresView;
  @ApiProperty({ type: ListFiguresView }) after!: ListFiguresView;
  @ApiProperty({ type: [PreviewedPair], description: 'At the same rank in both lists.' }) same!: PreviewedPair[];
  @ApiProperty({ type: [PreviewedPair] }) entered!: PreviewedPair[];
  @ApiProperty({ type: [PreviewedPair] }) left!: PreviewedPair[];
  @ApiProperty({ type: [PreviewedPair], description: 'In both, at another rank.' }) moved!: PreviewedPair[];
  @ApiProperty({ type: [ComparedGate] }) funnel!: ComparedGate[];
}

export class VerdictCounts {
  @ApiProperty({ type: Number }) accepted!: number;
  @ApiProperty({ type: Number }) rejected!: number;
  @ApiProperty({ type: Number, description: 'Snoozed, or could not be judged.' }) other!: number;
  @ApiProperty({ type: Number, description: 'Nobody has judged them.' }) unknown!: number;
}

export class PreviewedDecisions {
  @ApiProperty({ type: VerdictCounts, description: 'Pairs that would not have been shown.' }) lost!: VerdictCounts;
  @ApiProperty({ type: VerdictCounts, description: 'Pairs that would have come in.' }) gained!: VerdictCounts;
  @ApiProperty({ type: VerdictCounts, description: 'All pairs of the lists under the version held against.' }) before!: VerdictCounts;
  @ApiProperty({ type: VerdictCounts }) after!: VerdictCounts;
  @ApiProperty({ type: ShareView, description: 'Accepted of the accepted and rejected; the unknown are left out.' }) acceptanceBefore!: ShareView;
  @ApiProperty({ type: ShareView }) acceptanceAfter!: ShareView;
}

export class PolicyPreview {
  @ApiProperty({ type: Number, description: 'Version held against.' }) against!: number;
  @ApiProperty({ type: [PreviewedRun], description: 'Newest first.' }) runs!: PreviewedRun[];
  @ApiProperty({ type: PreviewedDecisions, description: 'Over all these runs, each pair once.' }) decided!: PreviewedDecisions;
}
