import { Module } from '@nestjs/common';
import { ReviewModule } from '../review/review.module.js';
import { AnswerByLink } from './answer-by-link.js';
import { AnswerLinkController } from './answer-link.controller.js';
import { ApproveMessage } from './approve-message.js';
import { ChooseFirstSide } from './choose-first-side.js';
import { ChooseWay } from './choose-way.js';
import { EditMessage } from './edit-message.js';
import { IntroductionDetails } from './introduction-details.js';
import { IntroductionsController } from './introductions.controller.js';
import { LetterDrafts } from './letter-drafts.js';
import { NoteAnswer } from './note-answer.js';
import { NoteStep } from './note-step.js';
import { NoteWish } from './note-wish.js';
import { OpenIntroduction } from './open-introduction.js';
import { RecallMessage } from './recall-message.js';
import { RecordOutcome } from './record-outcome.js';
import { ReleaseMessage } from './release-message.js';
import { SettleMessage } from './settle-message.js';
import { WithdrawApproval } from './withdraw-approval.js';

const ACTIONS = [
  OpenIntroduction, ChooseFirstSide, ChooseWay, EditMessage, ApproveMessage, WithdrawApproval, ReleaseMessage, RecallMessage, SettleMessage, NoteAnswer, AnswerByLink, NoteWish, NoteStep, RecordOutcome,
];

/** From an accepted lead to two companies that want to meet: texts, approvals, answers, steps, outcomes. */
@Module({
  imports: [ReviewModule],
  controllers: [IntroductionsController, AnswerLinkController],
  providers: [...ACTIONS, LetterDrafts, IntroductionDetails],
  exports: [...ACTIONS, IntroductionDetails],
})
export class IntroductionsModule {}
