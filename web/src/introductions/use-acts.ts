import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import { sendSignedIn } from '../api/client';
import { ApiProblem, asProblem, type FieldProblem } from '../api/problem';
import { useNotices } from '../notices';
import { describeProblem } from '../problem-text';
import { useWords, type Words } from '../words';
import { describeChange } from './describe-change';
import { introductionQuery } from './queries';
import type { Introduction } from './types';

type Request<T> = (at: { params: { path: { id: string }; header: { 'If-Match': string } } }) => Promise<{ data?: T; error?: unknown; response: Response }>;

interface Options {
  /** Told when it has worked. */
  done?: string;
  /** Takes what the server refused field by field; without it a notice says so. */
  onFields?(errors: FieldProblem[]): void;
}

export interface Acts {
  introductionId: string;
  busy: boolean;
  /**
   * Sends one act on the version that is on screen and reads the introduction anew before it resolves. Acts wait for each other.
   * @returns the answer; null: refused, and told
   */
  run<T extends { version: number }>(request: Request<T>, options?: Options): Promise<T | null>;
  /** Reads the introduction anew, after something else of it was changed. */
  refresh(): Promise<void>;
  /** The introduction as it is on screen by now. */
  latest(): Introduction | undefined;
}

/** What a refused field expects, in the reader's language where there are words for it. */
export function fieldText(words: Words, { code, expected }: FieldProblem): string {
  return words.of('introductions.error', code, expected);
}

/** Every change of one introduction goes through here: versions, refusals and what colleagues changed meanwhile. */
export function useActs(id: string): Acts {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(0);
  const turn = useRef<Promise<unknown>>(Promise.resolve());
  const { queryKey } = introductionQuery(id);
  const latest = useCallback(() => queries.getQueryData<Introduction>(queryKey), [queries, id]);

  async function tell(problem: ApiProblem, { onFields }: Options): Promise<void> {
    if (problem.status === 412) {
      const before = latest();
      const after = await queries.fetchQuery({ ...introductionQuery(id), staleTime: 0 }).catch(() => undefined);
      const changes = before && after ? describeChange(words, before, after) : [words.t('introductions.changed.unknown')];
      return notices.bad(words.t('introductions.stale', { changes: changes.join(' ') }));
    }
    if (problem.errors.length > 0 && onFields) return onFields(problem.errors);
    const named = words.of('introductions.refused', problem.code, '');
    const codes = problem.errors.map(({ code }) => words.of('introductions.error', code, '')).filter(Boolean);
    if (named || codes.length > 0) return notices.bad([named, ...codes].filter(Boolean).join(' '));
    return notices.bad(problem.passing ? `${describeProblem(words, problem)} ${words.t('introductions.notSaved')}` : describeProblem(words, problem));
  }

  function run<T extends { version: number }>(request: Request<T>, options: Options = {}): Promise<T | null> {
    const act = async (): Promise<T | null> => {
      setBusy((count) => count + 1);
      try {
        const answer = await sendSignedIn(() => request({ params: { path: { id }, header: { 'If-Match': `"${latest()?.version ?? 0}"` } } }));
        await queries.cancelQueries({ queryKey });
        await queries.fetchQuery({ ...introductionQuery(id), staleTime: 0 }).catch(() => {
          // Saved, and not read again: the next act still needs the version.
          queries.setQueryData<Introduction>(queryKey, (old) => old && { ...old, version: answer.version });
        });
        void queries.invalidateQueries({ queryKey: ['introductions'] });
        if (options.done) notices.well(options.done);
        return answer;
      } catch (error) {
        await tell(asProblem(error), options);
        return null;
      } finally {
        setBusy((count) => count - 1);
      }
    };
    const result = turn.current.then(act);
    turn.current = result;
    return result;
  }

  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey });
  return useMemo(() => ({ introductionId: id, busy: busy > 0, run, refresh, latest }), [id, busy, words, notices]);
}
