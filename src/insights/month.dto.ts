import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { FunnelGate } from '../matching/runs.dto.js';
import { LabelsView } from '../resources/resources.controller.js';

const NULL_NUMBER = { type: Number, nullable: true } as const;
const COUNT = { ...NULL_NUMBER, description: 'Null: fewer than five, kept back.' } as const;

export class MonthShare {
  @ApiProperty(COUNT) successes!: number | null;
  @ApiProperty(COUNT) of!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Null: too few to tell, or kept back.' }) share!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: '95 % Clopper–Pearson interval.' }) low!: number | null;
  @ApiProperty(NULL_NUMBER) high!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'How many are missing until it is told.' }) missing!: number | null;
}

export class MonthRuns {
  @ApiProperty({ type: Number }) published!: number;
  @ApiProperty({ type: Number }) failed!: number;
}

export class MonthList {
  @ApiProperty({ type: String, example: '2026-W48' }) week!: string;
  @ApiProperty({ ...COUNT, description: 'By rank.' }) listed!: number | null;
  @ApiProperty({ ...COUNT, description: 'Audit slice.' }) audit!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Leads that there was time for.' }) budget!: number | null;
}

export class MonthDecisions {
  @ApiProperty(COUNT) accepted!: number | null;
  @ApiProperty(COUNT) rejected!: number | null;
  @ApiProperty(COUNT) snoozed!: number | null;
  @ApiProperty(COUNT) cannotSay!: number | null;
}

/** Of the leads listed by rank whose probability was said, and that were accepted or rejected. */
export class MonthExpectation {
  @ApiProperty({ ...NULL_NUMBER, description: 'Mean of the probabilities, 0 to 1; null: too few, none was said, or kept back.' }) expected!: number | null;
  @ApiProperty({ type: MonthShare, description: 'Accepted of them.' }) observed!: MonthShare;
}

export class MonthReviews {
  @ApiProperty({ ...COUNT, description: 'Decisions whose time on screen is known.' }) count!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Median; null: too few.' }) minutes!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Accepted leads an hour on screen; null: too few.' }) goodLeadsPerHour!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Reviews that are missing until both are told.' }) missing!: number | null;
}

export class MonthAge {
  @ApiProperty({ ...COUNT, description: 'Leads published.' }) leads!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Days since the older of the two flows was confirmed, when the lead was published.' }) medianDays!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Nine of ten are younger.' }) ninthDecileDays!: number | null;
}

export class MonthReason {
  @ApiProperty({ type: String, nullable: true, description: 'Category of the output; null: all of them together.' }) category!: string | null;
  @ApiProperty({ type: LabelsView, nullable: true }) categoryLabel!: LabelsView | null;
  @ApiProperty({ type: String, description: 'Slug; `discussed`: every reason that concerns people; `others`: reasons given too seldom to be told apart.' }) reason!: string;
  @ApiProperty({ type: String, description: 'In the reader\'s language.' }) label!: string;
  @ApiProperty({ type: Boolean, description: 'The data could have told.' }) knowable!: boolean;
  @ApiProperty(COUNT) count!: number | null;
}

export class MonthDelay {
  @ApiProperty({ ...COUNT, description: 'Introductions that got so far in the month.' }) count!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'Median days since the lead was accepted; null: none, or kept back.' }) medianDays!: number | null;
}

export class MonthDelays {
  @ApiProperty({ type: MonthDelay, description: 'First company asked.' }) contact!: MonthDelay;
  @ApiProperty({ type: MonthDelay }) bothInterested!: MonthDelay;
  @ApiProperty({ type: MonthDelay }) realised!: MonthDelay;
}

export class QuantitySum {
  @ApiProperty({ type: String }) unit!: string;
  @ApiProperty({ type: Number, description: 'A year.' }) quantity!: number;
}

export class MonthImpact {
  @ApiProperty({ ...COUNT, description: 'Synergies, or leads.' }) count!: number | null;
  @ApiProperty({ type: [QuantitySum] }) quantities!: QuantitySum[];
  @ApiProperty({ ...NULL_NUMBER, description: 'A year; null: unknown of all.' }) euros!: number | null;
  @ApiProperty({ ...NULL_NUMBER, description: 'A year; null: unknown of all.' }) co2eTonnes!: number | null;
  @ApiProperty({ ...COUNT, description: 'Of which no quantity is known.' }) withoutQuantity!: number | null;
}

export class MonthImpacts {
  @ApiProperty({ type: MonthImpact, description: 'Synergies that began in the month.' }) begun!: MonthImpact;
  @ApiProperty({ type: MonthImpact, description: 'All that ran in the month.' }) running!: MonthImpact;
  @ApiProperty({ type: MonthImpact, description: 'Leads accepted in the month that nothing came of yet: what could change hands. Never added to the others.' }) potential!: MonthImpact;
}

export class MonthFamily {
  @ApiProperty({ type: String, nullable: true, description: 'Null: the other families together.' }) family!: string | null;
  @ApiProperty(COUNT) shown!: number | null;
  @ApiProperty(COUNT) accepted!: number | null;
  @ApiProperty(COUNT) rejected!: number | null;
  @ApiProperty({ type: MonthShare }) acceptance!: MonthShare;
  @ApiProperty(COUNT) bothInterested!: number | null;
  @ApiProperty(COUNT) realised!: number | null;
}

export class MonthGate extends FunnelGate {
  @ApiProperty({ type: String, description: 'In the reader\'s language.' }) label!: string;
}

export class MonthBody {
  @ApiProperty({ type: String, example: '2026-11' }) month!: string;
  @ApiProperty({ type: String, format: 'date' }) firstDay!: string;
  @ApiProperty({ type: String, format: 'date' }) lastDay!: string;
  @ApiProperty({ type: Boolean, description: 'The month is not over.' }) running!: boolean;
  @ApiProperty({ type: Boolean, description: 'Counts below five are kept back from this reader.' }) smallKeptBack!: boolean;
  @ApiProperty({ type: MonthRuns }) runs!: MonthRuns;
  @ApiProperty({ type: [MonthList] }) lists!: MonthList[];
  @ApiProperty({ type: [MonthGate], description: 'Of the month\'s last run.' }) funnel!: MonthGate[];
  @ApiProperty({ type: MonthDecisions, description: 'Made in the month and standing, of every kind of lead.' }) decisions!: MonthDecisions;
  @ApiProperty({ type: MonthShare, description: 'Accepted of the accepted and rejected; leads listed by rank only.' }) acceptance!: MonthShare;
  @ApiProperty({ type: MonthShare, description: 'Not rejected for a reason that the data could have told, of the same.' }) knowablePrecision!: MonthShare;
  @ApiProperty({ type: MonthShare, description: 'Of leads accepted in the month: both companies interested so far.' }) bothInterested!: MonthShare;
  @ApiProperty({ type: MonthShare, description: 'Of leads accepted in the month: realised so far.' }) realised!: MonthShare;
  @ApiProperty({ type: MonthShare, description: 'Accepted of the audit slice: what the threshold keeps away.' }) auditAcceptance!: MonthShare;
  @ApiProperty({ type: MonthExpectation }) expectation!: MonthExpectation;
  @ApiProperty({ type: MonthReviews }) reviews!: MonthReviews;
  @ApiProperty({ type: Number, description: 'Rejected pairs shown again before their time; must be 0.' }) repeatsOfRejected!: number;
  @ApiProperty({ type: Number, description: 'Messages that left before their approval; must be 0.' }) contactsBeforeApproval!: number;
  @ApiProperty({ type: MonthAge }) dataAge!: MonthAge;
  @ApiProperty({ type: [MonthReason] }) reasons!: MonthReason[];
  @ApiProperty({ type: MonthDelays }) delays!: MonthDelays;
  @ApiProperty({ type: MonthImpacts }) impact!: MonthImpacts;
  @ApiProperty({ type: [MonthFamily], description: 'By the output\'s family.' }) families!: MonthFamily[];
}

export class MonthsBody {
  @ApiProperty({ type: [String], description: 'Since the first run, the newest first.' }) months!: string[];
}

export class MonthExportQuery {
  @ApiProperty({ enum: ['xlsx', 'csv'] }) @IsIn(['xlsx', 'csv']) format!: 'xlsx' | 'csv';
}

export class CoverageFamily {
  @ApiProperty({ type: String, nullable: true, description: 'Null: the other families together.' }) family!: string | null;
  @ApiProperty(COUNT) organisations!: number | null;
  @ApiProperty(COUNT) outputs!: number | null;
  @ApiProperty(COUNT) inputs!: number | null;
  @ApiProperty({ ...COUNT, description: 'Flows confirmed within a year.' }) fresh!: number | null;
}

export class CoverageBody {
  @ApiProperty(COUNT) organisations!: number | null;
  @ApiProperty({ ...COUNT, description: 'With at least one flow.' }) withFlows!: number | null;
  @ApiProperty({ ...COUNT, description: 'Under a valid confidentiality agreement.' }) underAgreement!: number | null;
  @ApiProperty(COUNT) sites!: number | null;
  @ApiProperty({ type: [CoverageFamily] }) families!: CoverageFamily[];
}
