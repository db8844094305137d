import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { Id, NullableText, OptionalBoolean, OptionalId, OptionalNumber, OptionalText } from '../companies/fields.dto.js';
import { PersonBrief } from '../review/review.dto.js';
import type { Side, Way } from './introductions.entities.js';
import { ANSWERS, type AnswerKind, LINK_ANSWERS, NOTED_STEPS, type NotedStep, type Stage, STEPS } from './mediation.js';
import type { Settlement } from './settle-message.js';

const SIDE = { enum: ['output', 'input'], enumName: 'Side' } as const;
const STAGES = ['accepted', 'prepared', ...STEPS, 'ended'] as const;
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** A day, `YYYY-MM-DD`; absent keeps or means today, null takes away. */
const OptionalDay = (description?: string): PropertyDecorator => (target, key) => {
  ApiPropertyOptional({ type: String, format: 'date', nullable: true, description })(target, key as string);
  IsOptional()(target, key as string);
  Matches(DAY, { message: `${String(key)} must be a day, YYYY-MM-DD` })(target, key as string);
};

export class OpenRequest {
  @Id() @IsUUID('all') candidateId!: string;
}

export class ChangedBody {
  @ApiProperty({ type: Number, description: 'Of the introduction, after it; also the ETag.' }) version!: number;
}

export class OpenedBody extends ChangedBody {
  @Id() id!: string;
}

export class FirstSideRequest {
  @ApiProperty(SIDE) @IsIn(['output', 'input']) firstSide!: Side;
  @OptionalText('Needed for the input first.', 500) reason?: string | null;
}

export class WayRequest {
  @ApiProperty(SIDE) @IsIn(['output', 'input']) side!: Side;
  @ApiProperty({ enum: ['phone', 'visit', 'message'] }) @IsIn(['phone', 'visit', 'message']) way!: Way;
}

export class MessageRequest {
  @ApiPropertyOptional({ type: String, maxLength: 200 }) @IsOptional() @IsString() @MaxLength(2_000) subject?: string;
  @ApiPropertyOptional({ type: String, maxLength: 8_000 }) @IsOptional() @IsString() @MaxLength(50_000) body?: string;
  @OptionalId('Contact person it goes to; without a text, the draft is written anew for them.', { nullable: true }) contactId?: string | null;
}

export class ApprovalRequest {
  @ApiProperty({ type: String, description: 'Of the text that was on screen, hex.' }) @Matches(/^[0-9a-f]{64}$/) textHash!: string;
  @OptionalBoolean('Fewer than five companies fit the description, and it is approved all the same.') fewAccepted?: boolean;
}

export class ApprovedBody extends ChangedBody {
  @Id() approvalId!: string;
}

export class SettleRequest {
  @ApiProperty({ enum: ['arrived', 'bounced', 'write-again', 'given-up'] }) @IsIn(['arrived', 'bounced', 'write-again', 'given-up']) what!: Settlement;
  @OptionalText(undefined, 500) note?: string | null;
}

export class SettledBody extends ChangedBody {
  @Id('The message itself, or the draft that takes its place.') messageId!: string;
}

export class AnswerRequest {
  @OptionalId('Chosen by the sender: the same one again answers what was recorded.') answerId?: string;
  @ApiProperty(SIDE) @IsIn(['output', 'input']) side!: Side;
  @ApiProperty({ enum: ANSWERS }) @IsIn(ANSWERS) answer!: AnswerKind;
  @ApiProperty({ enum: ['phone', 'visit', 'mail'] }) @IsIn(['phone', 'visit', 'mail']) way!: 'phone' | 'visit' | 'mail';
  @OptionalDay('For "not now".') until?: string | null;
  @OptionalDay() on?: string | null;
  @OptionalText(undefined, 2_000) comment?: string | null;
}

export class AnsweredBody extends ChangedBody {
  @Id() answerId!: string;
  @ApiProperty({ type: Boolean, description: 'It had been recorded before.' }) repeated!: boolean;
}

export class WishRequest {
  @ApiProperty(SIDE) @IsIn(['output', 'input']) side!: Side;
  @ApiProperty({ enum: ['yes', 'no'] }) @IsIn(['yes', 'no']) wish!: 'yes' | 'no';
}

export class StepRequest {
  @ApiProperty({ enum: [...NOTED_STEPS, 'note'] }) @IsIn([...NOTED_STEPS, 'note']) step!: NotedStep | 'note';
  @OptionalDay() on?: string | null;
  @OptionalText('For `dropped`: one of GET /api/reasons.', 40) reason?: string | null;
  @OptionalText(undefined, 2_000) note?: string | null;
  @OptionalDay('Next reminder; null takes it away.') remindOn?: string | null;
}

export class OutcomeRequest {
  @OptionalNumber('A year.') quantity?: number | null;
  @ApiProperty({ type: String, maxLength: 40 }) @IsString() @MaxLength(200) unit!: string;
  @OptionalNumber('€ a year, saved or earned by both together.') euros?: number | null;
  @OptionalNumber('kg CO2e a unit.') co2eFactor?: number | null;
  @OptionalText('Where the factor is from.', 300) co2eSource?: string | null;
  @ApiProperty({ type: String, format: 'date' }) @Matches(DAY, { message: 'startedOn must be a day, YYYY-MM-DD' }) startedOn!: string;
  @OptionalDay() endedOn?: string | null;
}

export class OutcomeBody extends ChangedBody {
  @Id() outcomeId!: string;
}

export class BoardQuery {
  @ApiPropertyOptional({ type: Boolean, description: 'Only what the asker follows.' }) @IsOptional() @Type(() => String) @IsIn(['true', 'false']) mine?: string;
  @ApiPropertyOptional({ type: Boolean, description: 'Also dropped and ended ones.' }) @IsOptional() @Type(() => String) @IsIn(['true', 'false']) closed?: string;
  @OptionalId('Only those of this company, on either side; none that are not opened yet.') companyId?: string;
}

export class BoardSide {
  @ApiProperty({ type: String }) label!: string;
  @ApiProperty({ type: String }) company!: string;
}

export class BoardItem {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: accepted, and not opened yet.' }) id!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: on the neighbour’s list.' }) candidateId!: string | null;
  @ApiProperty({ enum: STAGES }) step!: Stage | 'accepted';
  @ApiProperty({ type: BoardSide }) output!: BoardSide;
  @ApiProperty({ type: BoardSide }) input!: BoardSide;
  @ApiProperty({ type: PersonBrief, nullable: true }) mediator!: PersonBrief | null;
  @ApiProperty({ type: String, format: 'date', nullable: true }) remindOn!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) since!: string;
  @ApiProperty({ enum: ['in-doubt', 'refused', 'answered', 'due', 'approve'], nullable: true, description: 'Why somebody should look at it now.' }) attention!: Attention | null;
}
export type Attention = 'in-doubt' | 'refused' | 'answered' | 'due' | 'approve';

export class Board {
  @ApiProperty({ type: [BoardItem] }) items!: BoardItem[];
}

export class IdentifierView {
  @ApiProperty({ enum: ['subject', 'body'] }) field!: 'subject' | 'body';
  @ApiProperty({ type: String }) kind!: string;
  @ApiProperty({ type: Number, description: 'First character.' }) at!: number;
  @ApiProperty({ type: Number }) length!: number;
  @ApiProperty({ type: String }) found!: string;
}

export class ApprovalView {
  @ApiProperty({ type: PersonBrief }) by!: PersonBrief;
  @ApiProperty({ ...{ type: String, nullable: true }, description: 'The référent, when their delegate approved.' }) forReferent!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) at!: string;
  @ApiProperty({ type: Number, nullable: true, description: 'How many companies fitted the description.' }) fitting!: number | null;
}

const MESSAGE_STATES = ['draft', 'approved', 'waiting', 'put-off', 'sending', 'sent', 'refused', 'withheld', 'in-doubt', 'arrived', 'bounced', 'given-up', 'replaced'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

export class MessageView {
  @Id() id!: string;
  @ApiProperty({ enum: ['proposal', 'names'] }) kind!: 'proposal' | 'names';
  @ApiProperty({ enum: MESSAGE_STATES }) state!: MessageState;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) contactId!: string | null;
  @ApiProperty({ type: String, description: 'Address; empty: nobody yet.' }) recipient!: string;
  @ApiProperty({ enum: ['fr', 'en'] }) language!: 'fr' | 'en';
  @ApiProperty({ type: String }) subject!: string;
  @ApiProperty({ type: String }) body!: string;
  @ApiProperty({ type: String, description: 'To approve exactly this text.' }) textHash!: string;
  @ApiProperty({ type: ApprovalView, nullable: true }) approval!: ApprovalView | null;
  @ApiProperty({ type: Boolean, description: 'The yes (or both) that it needs is there.' }) mayBeApproved!: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) releasedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) sentAt!: string | null;
  @ApiProperty({ type: Number }) attempts!: number;
  @NullableText('Codes of the mail server, or why it was withheld.') lastError!: string | null;
  @NullableText() settledNote!: string | null;
  @ApiProperty({ type: [IdentifierView], description: 'What makes the other side identifiable; must be none.' }) identifying!: IdentifierView[];
  @ApiProperty({ type: [String] }) openFields!: string[];
}

export class AnswerView {
  @Id() id!: string;
  @ApiProperty({ enum: ANSWERS }) answer!: AnswerKind;
  @ApiProperty({ enum: ['link', 'phone', 'visit', 'mail'] }) way!: 'link' | 'phone' | 'visit' | 'mail';
  @ApiProperty({ type: String, format: 'date', nullable: true }) until!: string | null;
  @NullableText() comment!: string | null;
  @ApiProperty({ type: String, format: 'date' }) givenOn!: string;
  @ApiProperty({ type: PersonBrief, nullable: true, description: 'Null: the company itself.' }) notedBy!: PersonBrief | null;
  @ApiProperty({ type: String, format: 'date-time' }) recordedAt!: string;
}

export class ContactChoice {
  @Id() id!: string;
  @ApiProperty({ type: String }) name!: string;
  @NullableText() position!: string | null;
  @NullableText() email!: string | null;
  @NullableText() phone!: string | null;
  @ApiProperty({ enum: ['fr', 'en'] }) language!: 'fr' | 'en';
  @ApiProperty({ type: Boolean }) opposedToMail!: boolean;
}

export class SideView {
  @ApiProperty(SIDE) side!: Side;
  @ApiProperty({ type: Boolean, description: 'Followed by this territory; of the other one only what is here and the steps are told.' }) ours!: boolean;
  @ApiProperty({ type: String }) territory!: string;
  @Id() companyId!: string;
  @ApiProperty({ type: String }) company!: string;
  @Id() flowId!: string;
  @ApiProperty({ type: String }) label!: string;
  @ApiProperty({ type: String }) description!: string;
  @NullableText() quantity!: string | null;
  @ApiProperty({ enum: ['yes', 'not-asked', 'no'], nullable: true }) wish!: string | null;
  @ApiProperty({ type: PersonBrief, nullable: true }) referent!: PersonBrief | null;
  @ApiProperty({ type: Boolean, description: 'The asker approves what is written to this company today.' }) mayApprove!: boolean;
  @ApiProperty({ enum: ['phone', 'visit', 'message'] }) way!: Way;
  @ApiProperty({ type: Boolean, description: 'This company may be asked now: it is the first, or the first has said yes.' }) mayBeAsked!: boolean;
  @ApiProperty({ type: Boolean }) agreementValid!: boolean;
  @ApiProperty({ type: Number, nullable: true, description: 'Companies known to the territory that fit what this one is told of the other.' }) fitting!: number | null;
  @ApiProperty({ type: [String], description: 'What to say on the phone.' }) points!: string[];
  @ApiProperty({ type: [ContactChoice] }) contacts!: ContactChoice[];
  @ApiProperty({ type: [MessageView] }) messages!: MessageView[];
  @ApiProperty({ type: [AnswerView], description: 'The last first.' }) answers!: AnswerView[];
  @ApiProperty({ enum: ANSWERS, nullable: true, description: 'Its last word; a question is none.' }) answer!: AnswerKind | null;
}

export class StepView {
  @ApiProperty({ enum: [...STEPS, 'ended', 'note'] }) step!: string;
  @ApiProperty({ ...SIDE, nullable: true }) side!: Side | null;
  @ApiProperty({ type: String, format: 'date' }) happenedOn!: string;
  @NullableText() reason!: string | null;
  @NullableText() note!: string | null;
  @ApiProperty({ type: PersonBrief, nullable: true }) person!: PersonBrief | null;
  @ApiProperty({ type: String, format: 'date-time', description: 'When it was noted, which may be later than it happened.' }) recordedAt!: string;
}

export class OutcomeView {
  @Id() id!: string;
  @ApiProperty({ type: Number, nullable: true }) quantity!: number | null;
  @ApiProperty({ type: String }) unit!: string;
  @ApiProperty({ type: Number, nullable: true }) euros!: number | null;
  @ApiProperty({ type: Number, nullable: true }) co2eTonnes!: number | null;
  @ApiProperty({ type: Number, nullable: true }) co2eFactor!: number | null;
  @NullableText() co2eSource!: string | null;
  @ApiProperty({ type: String, format: 'date' }) startedOn!: string;
  @ApiProperty({ type: String, format: 'date', nullable: true }) endedOn!: string | null;
  @ApiProperty({ type: Boolean, description: 'Corrected since.' }) superseded!: boolean;
  @ApiProperty({ type: String, format: 'date-time' }) recordedAt!: string;
}

export class IntroductionDetail {
  @Id() id!: string;
  @ApiProperty({ type: Number }) version!: number;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) candidateId!: string | null;
  @ApiProperty({ enum: STAGES }) step!: Stage;
  @ApiProperty(SIDE) firstSide!: Side;
  @NullableText() firstSideReason!: string | null;
  @ApiProperty({ type: PersonBrief }) mediator!: PersonBrief;
  @ApiProperty({ type: String, format: 'date', nullable: true }) remindOn!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) openedAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) closedAt!: string | null;
  @ApiProperty({ type: [SideView], description: 'In the order in which they are asked.' }) sides!: SideView[];
  @ApiProperty({ type: [StepView], description: 'The first first.' }) steps!: StepView[];
  @ApiProperty({ type: [OutcomeView], description: 'The last first; one that is not superseded counts.' }) outcomes!: OutcomeView[];
  @ApiProperty({ type: [String], enum: [...NOTED_STEPS], description: 'Steps that may be noted now.' }) mayNote!: NotedStep[];
}

export class LinkRequest {
  @ApiProperty({ type: String }) @IsString() @MaxLength(200) token!: string;
}

export class LinkAnswerRequest extends LinkRequest {
  @Id('Chosen by the page: the same one again answers what was recorded.') @IsUUID('all') answerId!: string;
  @ApiProperty({ enum: LINK_ANSWERS }) @IsIn(LINK_ANSWERS) answer!: (typeof LINK_ANSWERS)[number];
  @OptionalDay('For "not now".') until?: string | null;
  @OptionalText(undefined, 2_000) comment?: string | null;
}

export class AskedCompanyView {
  @ApiProperty({ type: String }) territory!: string;
  @ApiProperty({ type: String }) advisor!: string;
  @ApiProperty({ enum: ['fr', 'en'] }) language!: 'fr' | 'en';
  @ApiProperty({ type: String }) subject!: string;
  @ApiProperty({ type: String }) body!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) sentOn!: Date | null;
}

export class LinkAnswerBody {
  @Id() answerId!: string;
  @ApiProperty({ type: Boolean, description: 'The link is used up; after a question it still takes an answer.' }) final!: boolean;
}
