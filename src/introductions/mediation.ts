import { reasonOf } from '../review/reasons.js';

/** Steps of a mediation, in the order in which they usually come. */
export const STEPS = ['asked', 'interested', 'both', 'met', 'trial', 'realised', 'dropped'] as const;
export type Step = (typeof STEPS)[number];
export type Stage = Step | 'prepared' | 'ended';

/** What a company may say. `no-more-mail`: no, and do not write to me again. */
export const ANSWERS = ['interested', 'not-now', 'declined', 'question', 'no-more-mail'] as const;
export type AnswerKind = (typeof ANSWERS)[number];
/** On the answer page; `declined` is what a référent notes of a plain no. */
export const LINK_ANSWERS = ['interested', 'not-now', 'question', 'no-more-mail'] as const satisfies readonly AnswerKind[];
export type AnswerWay = 'link' | 'phone' | 'visit' | 'mail';

/** Steps that a person notes. The others follow from what was sent and answered. */
export const NOTED_STEPS = ['met', 'trial', 'realised', 'dropped', 'ended'] as const;
export type NotedStep = (typeof NOTED_STEPS)[number];

const OPEN: readonly Stage[] = ['prepared', 'asked', 'interested', 'both', 'met', 'trial'];
const AFTER_NAMES: readonly Stage[] = ['both', 'met', 'trial'];

const MAY_FOLLOW: Record<NotedStep, readonly Stage[]> = {
  met: AFTER_NAMES,
  trial: AFTER_NAMES,
  realised: AFTER_NAMES,
  // A synergy that runs is not dropped, it ends.
  dropped: OPEN,
  ended: ['realised'],
};

/** Whether a person may note this step now: nobody meets before both have said yes, and nothing follows an end. */
export function mayFollow(stage: Stage, step: NotedStep): boolean {
  return MAY_FOLLOW[step].includes(stage);
}

/** Whether companies may still be asked, texts approved and answers noted. */
export function isOpen(stage: Stage): boolean {
  return OPEN.includes(stage);
}

/** Every stage that can be reached from one; for the test that no stage is a trap or out of reach. */
export function following(stage: Stage): Stage[] {
  const answered: Partial<Record<Stage, Stage[]>> = { prepared: ['asked'], asked: ['interested'], interested: ['both', 'asked'], both: ['interested', 'asked'] };
  return [...(answered[stage] ?? []), ...NOTED_STEPS.filter((step) => mayFollow(stage, step))];
}

/**
 * The stage that two standing answers mean, while nobody has noted anything later: both yes, the first's yes alone, asked.
 * @param first the first side's standing answer; null: none yet
 */
export function stageOfAnswers(first: AnswerKind | null, second: AnswerKind | null): Stage {
  if (first !== 'interested') return 'asked';
  return second === 'interested' ? 'both' : 'interested';
}

/** Whether an answer ends the use of its link: after a question the same link still takes the answer. */
export function isFinal(answer: AnswerKind): boolean {
  return answer !== 'question';
}

/** Reasons for which a mediation may be dropped: those of a rejection, so that each feeds the suppression of the pair alike. */
export function isDropReason(slug: string): boolean {
  return reasonOf(slug) !== undefined;
}
