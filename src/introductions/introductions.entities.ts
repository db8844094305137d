import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Person, Territory } from '../access/access.entities.js';
import { Company, ContactPerson } from '../companies/companies.entities.js';
import { Flow } from '../flows/flows.entities.js';
import { Candidate, Pair } from '../matching/matching.entities.js';
import { StandingDecision } from '../review/review.entities.js';
import type { AnswerKind, AnswerWay, Step } from './mediation.js';

export type Side = 'output' | 'input';
export type Way = 'phone' | 'visit' | 'message';
export type MessageKind = 'proposal' | 'names';
/** What became of a released message; null: it waits to be sent. Written by maillon_mailer alone. */
export type Delivery = 'sending' | 'sent' | 'refused' | 'withheld' | 'in-doubt';

/**
 * What is made of an accepted lead: two companies are asked, one after the other. Needs the standing accepted decision
 * (foreign key); while nothing was asked or approved, taking the decision back takes the introduction with it.
 */
@Entity({ name: 'introduction' })
@Unique(['territoryId', 'id'])
@Unique(['id', 'firstSide'])
@Unique(['candidateId'])
@ForeignKey(() => StandingDecision, ['candidateId', 'verdict'], ['candidateId', 'verdict'], { name: 'fk_introduction_standing_decision', onDelete: 'CASCADE' })
@ForeignKey(() => Candidate, ['territoryId', 'candidateId'], ['territoryId', 'id'], { name: 'fk_introduction_candidate' })
@ForeignKey(() => Pair, ['territoryId', 'pairId'], ['territoryId', 'id'], { name: 'fk_introduction_pair' })
@Check('ck_introduction_verdict', "verdict = 'accept'")
@Check('ck_introduction_first_side', "first_side in ('output','input') and (first_side = 'output' or length(trim(first_side_reason)) > 0)")
@Check('ck_introduction_partner', 'partner_territory_id <> territory_id')
@Check('ck_introduction_step', "step in ('prepared','asked','interested','both','met','trial','realised','dropped','ended')")
@Index('ix_introduction_territory', ['territoryId', 'step'])
@Index('ix_introduction_partner', ['partnerTerritoryId'], { where: 'partner_territory_id IS NOT NULL' })
@Index('uq_introduction_open_pair', ['outputFlowId', 'inputFlowId'], { unique: true, where: 'closed_at IS NULL' })
export class Introduction {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  /** Whose list the lead was on. */
  @Column('uuid') @ForeignKey(() => Territory) territoryId!: string;
  /** The other territory of a lead across a border. */
  @Column('uuid', { nullable: true }) @ForeignKey(() => Territory) partnerTerritoryId!: string | null;
  @Column('uuid') candidateId!: string;
  @Column('text', { default: 'accept' }) verdict!: 'accept';
  @Column('uuid') pairId!: string;
  @Column('uuid') @ForeignKey(() => Flow) outputFlowId!: string;
  @Column('uuid') @ForeignKey(() => Flow) inputFlowId!: string;
  /** Who is asked first: the holder of the output, unless an advisor gave a reason. */
  @Column('text', { default: 'output' }) firstSide!: Side;
  @Column('text', { nullable: true }) firstSideReason!: string | null;
  /** Who follows it. */
  @Column('uuid') @ForeignKey(() => Person) mediatorId!: string;
  /** The last step, of `mediation_step`; `prepared`: none yet. */
  @Column('text', { default: 'prepared' }) step!: Step | 'prepared' | 'ended';
  /** Day on which its people are reminded of it. */
  @Column('date', { nullable: true }) remindOn!: string | null;
  /** The reminder that was mailed last. */
  @Column('date', { nullable: true }) remindedOn!: string | null;
  /** Counts changes; `If-Match` refers to it. */
  @Column('integer', { default: 1 }) version!: number;
  @Column('uuid') @ForeignKey(() => Person) openedBy!: string;
  @Column('timestamptz') openedAt!: Date;
  /** Dropped, or the synergy has ended: the pair is free again. */
  @Column('timestamptz', { nullable: true }) closedAt!: Date | null;
}

/** One of the two companies of an introduction; a row of the territory that follows that company. */
@Entity({ name: 'introduction_side' })
@ForeignKey(() => Introduction, ['introductionId'], ['id'], { name: 'fk_introduction_side_introduction', onDelete: 'CASCADE' })
@ForeignKey(() => Company, ['territoryId', 'companyId'], ['territoryId', 'id'], { name: 'fk_introduction_side_company' })
@ForeignKey(() => Flow, ['territoryId', 'flowId'], ['territoryId', 'id'], { name: 'fk_introduction_side_flow' })
@Check('ck_introduction_side_side', "side in ('output','input')")
@Check('ck_introduction_side_way', "way in ('phone','visit','message')")
@Index('ix_introduction_side_company', ['territoryId', 'companyId'])
export class IntroductionSide {
  @PrimaryColumn('uuid') introductionId!: string;
  @PrimaryColumn('text') side!: Side;
  @Column('uuid') territoryId!: string;
  @Column('uuid') flowId!: string;
  @Column('uuid') companyId!: string;
  /** How the company is asked: the référent phones unless told otherwise. */
  @Column('text', { default: 'phone' }) way!: Way;
}

/** What a company said; never changed, a later answer stands. Append-only by grant and trigger. */
@Entity({ name: 'company_answer' })
@Unique(['introductionId', 'side', 'id', 'answer'])
@ForeignKey(() => IntroductionSide, ['introductionId', 'side'], ['introductionId', 'side'], { name: 'fk_company_answer_side' })
@ForeignKey(() => Introduction, ['introductionId', 'firstSide'], ['id', 'firstSide'], { name: 'fk_company_answer_first_side' })
@ForeignKey(() => CompanyAnswer, ['introductionId', 'otherSide', 'otherYesId', 'yes'], ['introductionId', 'side', 'id', 'answer'], { name: 'fk_company_answer_first_yes' })
@Check('ck_company_answer_sides', "side in ('output','input') and other_side in ('output','input') and side <> other_side")
@Check('ck_company_answer_answer', "answer in ('interested','not-now','declined','question','no-more-mail')")
@Check('ck_company_answer_way', "way in ('link','phone','visit','mail') and (way = 'link') = (noted_by is null)")
@Check('ck_company_answer_yes', "yes = 'interested'")
@Check('ck_company_answer_first_asked', 'side = first_side or other_yes_id is not null')
export class CompanyAnswer {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') introductionId!: string;
  @Column('text') side!: Side;
  @Column('text') otherSide!: Side;
  @Column('text') firstSide!: Side;
  /** The first side's yes, without which the second can have been told nothing. */
  @Column('uuid', { nullable: true }) otherYesId!: string | null;
  @Column('text', { default: 'interested' }) yes!: 'interested';
  @Column('text') answer!: AnswerKind;
  @Column('text') way!: AnswerWay;
  /** Who noted it; null: the company itself, by its link. */
  @Column('uuid', { nullable: true }) @ForeignKey(() => Person) notedBy!: string | null;
  @Column('uuid', { nullable: true }) messageId!: string | null;
  /** For "not now": until when. */
  @Column('date', { nullable: true }) until!: string | null;
  @Column('text', { nullable: true }) comment!: string | null;
  @Column('date') givenOn!: string;
  /** Version of the introduction that it made: the order in which answers came. */
  @Column('integer') introductionVersion!: number;
  @Column('timestamptz') recordedAt!: Date;
}

/**
 * A text for one company. It can be approved for sending only once the locks of promise P1 hold: the second side needs the
 * first side's yes, names need both, and the hash of the approval must be the hash of the text (foreign keys all).
 */
@Entity({ name: 'introduction_message' })
@Unique(['id', 'introductionId'])
@ForeignKey(() => IntroductionSide, ['introductionId', 'side'], ['introductionId', 'side'], { name: 'fk_introduction_message_side', onDelete: 'CASCADE' })
@ForeignKey(() => Introduction, ['introductionId', 'firstSide'], ['id', 'firstSide'], { name: 'fk_introduction_message_first_side', onDelete: 'CASCADE', onUpdate: 'CASCADE' })
@ForeignKey(() => IntroductionApproval, ['approvalId', 'id', 'textHash'], ['id', 'messageId', 'textHash'], { name: 'fk_introduction_message_approval' })
@ForeignKey(() => CompanyAnswer, ['introductionId', 'otherSide', 'otherYesId', 'yes'], ['introductionId', 'side', 'id', 'answer'], { name: 'fk_introduction_message_other_yes' })
@ForeignKey(() => CompanyAnswer, ['introductionId', 'side', 'ownYesId', 'yes'], ['introductionId', 'side', 'id', 'answer'], { name: 'fk_introduction_message_own_yes' })
@Check('ck_introduction_message_sides', "side in ('output','input') and other_side in ('output','input') and side <> other_side")
@Check('ck_introduction_message_kind', "kind in ('proposal','names')")
@Check('ck_introduction_message_yes', "yes = 'interested'")
@Check('ck_introduction_message_first_yes', "approval_id is null or (kind = 'proposal' and side = first_side) or other_yes_id is not null")
@Check('ck_introduction_message_both_yes', "kind <> 'names' or (other_yes_id is not null and own_yes_id is not null)")
@Check('ck_introduction_message_released', 'released_at is null or approval_id is not null')
@Check('ck_introduction_message_delivery', "delivery is null or (delivery in ('sending','sent','refused','withheld','in-doubt') and released_at is not null)")
@Check('ck_introduction_message_one_line', "subject !~ '[\\r\\n]' and recipient !~ '[\\r\\n]'")
@Check('ck_introduction_message_settled', "settled is null or settled in ('arrived','bounced','given-up')")
@Index('uq_introduction_message_standing', ['introductionId', 'side', 'kind'], { unique: true, where: 'replaced_by IS NULL' })
@Index('ix_introduction_message_waiting', ['releasedAt'], { where: "released_at IS NOT NULL AND (delivery IS NULL OR delivery = 'sending')" })
export class IntroductionMessage {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') introductionId!: string;
  @Column('text') side!: Side;
  @Column('text') otherSide!: Side;
  @Column('text') firstSide!: Side;
  @Column('text') kind!: MessageKind;
  @Column('uuid', { nullable: true }) @ForeignKey(() => ContactPerson, { name: 'fk_introduction_message_contact', onDelete: 'SET NULL' }) contactId!: string | null;
  /** Address as approved; '' until a contact with one is chosen. */
  @Column('text', { default: '' }) recipient!: string;
  @Column('text', { default: 'fr' }) language!: 'fr' | 'en';
  @Column('text', { default: '' }) subject!: string;
  /** Plain text; holds the place of the answer link, which is made when the message is sent. */
  @Column('text', { default: '' }) body!: string;
  /** SHA-256 of recipient, subject and body, each on its line; made by a trigger, whatever was written. */
  @Column('bytea') textHash!: Buffer;
  /** Null: not approved, or edited since. */
  @Column('uuid', { nullable: true }) approvalId!: string | null;
  @Column('uuid', { nullable: true }) otherYesId!: string | null;
  @Column('uuid', { nullable: true }) ownYesId!: string | null;
  @Column('text', { default: 'interested' }) yes!: 'interested';
  @Column('timestamptz', { nullable: true }) releasedAt!: Date | null;
  @Column('uuid', { nullable: true }) @ForeignKey(() => Person) releasedBy!: string | null;
  @Column('text', { nullable: true }) delivery!: Delivery | null;
  @Column('integer', { default: 0 }) attempts!: number;
  @Column('text', { nullable: true }) lastError!: string | null;
  @Column('timestamptz', { nullable: true }) sendingSince!: Date | null;
  @Column('timestamptz', { nullable: true }) sentAt!: Date | null;
  /** What an advisor said of a message in doubt, returned or refused. */
  @Column('text', { nullable: true }) settled!: 'arrived' | 'bounced' | 'given-up' | null;
  @Column('text', { nullable: true }) settledNote!: string | null;
  /** The message that was written in its place: one approval is never sent twice. */
  @Column('uuid', { nullable: true }) @ForeignKey(() => IntroductionMessage, { name: 'fk_introduction_message_replaced_by', deferrable: 'INITIALLY DEFERRED' }) replacedBy!: string | null;
}

/** "This very text may go to this very address": by the référent of that side or their delegate. Append-only. */
@Entity({ name: 'introduction_approval' })
@Unique(['id', 'messageId', 'textHash'])
@ForeignKey(() => IntroductionMessage, ['messageId', 'introductionId'], ['id', 'introductionId'], { name: 'fk_introduction_approval_message' })
@Index('ix_introduction_approval_message', ['messageId'])
export class IntroductionApproval {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') introductionId!: string;
  @Column('uuid') messageId!: string;
  @Column('bytea') textHash!: Buffer;
  @Column('uuid') @ForeignKey(() => Person) approvedBy!: string;
  /** Whose approval it is: theirs, or given by their delegate while they are away. */
  @Column('uuid') @ForeignKey(() => Person) referentId!: string;
  /** How many companies known to the territory fit what the text was drafted to say of the other side; null: names. */
  @Column('integer', { nullable: true }) fitting!: number | null;
  @Column('timestamptz') approvedAt!: Date;
}

/** A company's way to answer without an account: only the SHA-256 of the token is kept. */
@Entity({ name: 'answer_link' })
@ForeignKey(() => IntroductionMessage, ['messageId', 'introductionId'], ['id', 'introductionId'], { name: 'fk_answer_link_message' })
@Index('ix_answer_link_message', ['messageId'])
export class AnswerLink {
  @PrimaryColumn('bytea') tokenHash!: Buffer;
  @Column('uuid') territoryId!: string;
  @Column('uuid') introductionId!: string;
  @Column('uuid') messageId!: string;
  @Column('text') side!: Side;
  @Column('timestamptz') expiresAt!: Date;
  @Column('timestamptz', { nullable: true }) usedAt!: Date | null;
}

/** Where a mediation has got to, dated; append-only. */
@Entity({ name: 'mediation_step' })
@ForeignKey(() => Introduction, ['introductionId'], ['id'], { name: 'fk_mediation_step_introduction' })
@Check('ck_mediation_step_step', "step in ('asked','interested','both','met','trial','realised','dropped','ended','note')")
@Check('ck_mediation_step_reason', "(step = 'dropped') = (reason is not null)")
@Index('ix_mediation_step_introduction', ['introductionId', 'recordedAt'])
export class MediationStep {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') introductionId!: string;
  /** `note`: something to remember, no step. */
  @Column('text') step!: Step | 'ended' | 'note';
  @Column('text', { nullable: true }) side!: Side | null;
  @Column('date') happenedOn!: string;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('text', { nullable: true }) note!: string | null;
  /** Null: a company, by its link. */
  @Column('uuid', { nullable: true }) @ForeignKey(() => Person) personId!: string | null;
  @Column('timestamptz') recordedAt!: Date;
}

/** What a realised synergy brings a year; a correction is a new row. Append-only. */
@Entity({ name: 'outcome' })
@ForeignKey(() => Introduction, ['introductionId'], ['id'], { name: 'fk_outcome_introduction' })
@Unique(['supersedes'])
@Check('ck_outcome_days', 'ended_on is null or ended_on >= started_on')
@Check('ck_outcome_quantity', "quantity is null or (quantity >= 0 and quantity < 'Infinity'::float8)")
@Check('ck_outcome_co2e', '(co2e_tonnes is null) = (co2e_factor is null) and (co2e_factor is null) = (co2e_source is null)')
@Index('ix_outcome_introduction', ['introductionId', 'recordedAt'])
export class Outcome {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' }) id!: string;
  @Column('uuid') territoryId!: string;
  @Column('uuid') introductionId!: string;
  /** A year, in `unit`; null unknown. */
  @Column('double precision', { nullable: true }) quantity!: number | null;
  @Column('text') unit!: string;
  /** € a year, saved or earned by both together; null unknown. */
  @Column('double precision', { nullable: true }) euros!: number | null;
  /** t CO2e a year: quantity × factor. */
  @Column('double precision', { nullable: true }) co2eTonnes!: number | null;
  /** kg CO2e a unit. */
  @Column('double precision', { nullable: true }) co2eFactor!: number | null;
  /** Where the factor is from. */
  @Column('text', { nullable: true }) co2eSource!: string | null;
  @Column('date') startedOn!: string;
  @Column('date', { nullable: true }) endedOn!: string | null;
  @Column('uuid', { nullable: true }) @ForeignKey(() => Outcome) supersedes!: string | null;
  @Column('uuid') @ForeignKey(() => Person) personId!: string;
  @Column('timestamptz') recordedAt!: Date;
}
