import { describe, expect, it } from '@jest/globals';
import { following, isOpen, mayFollow, NOTED_STEPS, type Stage, stageOfAnswers, STEPS } from '../../../src/introductions/mediation.js';

const STAGES: readonly Stage[] = ['prepared', ...STEPS, 'ended'];

/** Every stage that can be come to from one, itself included. */
function reach(from: Stage): Set<Stage> {
  const seen = new Set<Stage>([from]);
  for (const stage of seen) for (const next of following(stage)) seen.add(next);
  return seen;
}

describe('the steps of a mediation', () => {
  it('lead from the draft to every stage, and from every stage that is not an end to an end', () => {
    expect([...reach('prepared')].sort()).toEqual([...STAGES].sort());
    for (const stage of STAGES) expect([stage, reach(stage).has('dropped') || reach(stage).has('ended')]).toEqual([stage, true]);
    expect(STAGES.filter((stage) => following(stage).length === 0)).toEqual(['dropped', 'ended']);
  });

  it('let nobody meet before both have said yes, and nothing follow an end', () => {
    for (const stage of ['prepared', 'asked', 'interested'] as const) for (const step of ['met', 'trial', 'realised'] as const) expect(mayFollow(stage, step)).toBe(false);
    for (const stage of ['dropped', 'ended'] as const) expect([isOpen(stage), ...NOTED_STEPS.map((step) => mayFollow(stage, step))]).toEqual([false, false, false, false, false, false]);
  });

  it('never count the second yes without the first', () => {
    expect(stageOfAnswers('interested', 'interested')).toBe('both');
    expect(stageOfAnswers('interested', null)).toBe('interested');
    for (const first of [null, 'not-now', 'declined', 'no-more-mail'] as const) expect(stageOfAnswers(first, 'interested')).toBe('asked');
  });
});
