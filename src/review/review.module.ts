import { Module } from '@nestjs/common';
import { loadMessages } from '../../config/load-config.js';
import { LANGUAGES, type Language } from '../access/access.entities.js';
import { Explanation } from '../matching/explanation.js';
import { MatchingModule } from '../matching/matching.module.js';
import { Knowledge } from '../resources/knowledge.js';
import { AssignCandidate } from './assign-candidate.js';
import { CandidatesController } from './candidates.controller.js';
import { DecideCandidate } from './decide-candidate.js';
import { ExpireCandidates } from './expire-candidates.js';
import { MakeLead } from './make-lead.js';
import { PseudonymousController } from './pseudonymous.controller.js';
import { WithdrawDecision } from './withdraw-decision.js';
import { ReviewWords, Wordings } from './words.js';

const ACTIONS = [DecideCandidate, WithdrawDecision, AssignCandidate, MakeLead, ExpireCandidates];

function loadWordings(knowledge: Knowledge): Wordings {
  const load = (language: Language): ReviewWords =>
    new ReviewWords(language, loadMessages('review', language), new Explanation(language, loadMessages('matching', language), knowledge.catalogue.qualityAttributes));
  return new Wordings(Object.fromEntries(LANGUAGES.map((language) => [language, load(language)])) as Record<Language, ReviewWords>);
}

/** Weekly lists, decisions, and what they do to a pair afterwards. */
@Module({
  imports: [MatchingModule],
  controllers: [CandidatesController, PseudonymousController],
  providers: [...ACTIONS, { provide: Wordings, useFactory: loadWordings, inject: [Knowledge] }],
  exports: [...ACTIONS, Wordings],
})
export class ReviewModule {}
