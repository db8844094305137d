import type { ApiProblem } from './api/problem';
import type { Words } from './words';

/** What to tell a person about a request that only read. */
export function describeProblem(words: Words, problem: ApiProblem): string {
  if (problem.status === 0) return words.t('problem.network');
  if (problem.passing) return words.t('problem.awayRead');
  if (problem.status === 403) return words.t('problem.forbidden');
  return words.t('problem.other', { detail: problem.detail });
}
