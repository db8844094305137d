import { useState } from 'react';
import { sendSignedIn } from '../api/client';
import { type ApiProblem, asProblem, type FieldProblem } from '../api/problem';
import { describeProblem } from '../problem-text';
import { useWords, type Words } from '../words';

/** What a refused field expects, in the reader's language where there are words for it. */
export function fieldText(words: Words, { code, expected }: Pick<FieldProblem, 'code' | 'expected'>): string {
  return words.of('forms.error', code, expected);
}

/** What a request was refused for, as a whole. */
export function refusalText(words: Words, problem: ApiProblem): string {
  const named = words.of('forms.refused', problem.code, '');
  if (named) return named;
  return problem.passing ? `${describeProblem(words, problem)} ${words.t('forms.notSaved')}` : describeProblem(words, problem);
}

export interface Saving {
  busy: boolean;
  /** Texts by field, to stand beside it. */
  errors: Readonly<Record<string, string | undefined>>;
  /** What no field of the form stands for; null: nothing. */
  refusal: string | null;
  /** The last refusal as it came; null: none. */
  problem: ApiProblem | null;
  /** Sends; what was typed stays, whatever comes back. @returns whether it was saved */
  save<T>(request: () => Promise<{ data?: T; error?: unknown; response: Response }>, onDone?: (answer: T) => void | Promise<void>): Promise<boolean>;
  /** Shows what the form itself found, before anything is sent. */
  refuse(errors: Record<string, string>): void;
  clear(): void;
}

/** One form that saves. @param fields names of its fields as the API calls them; a refusal of any other is told as a whole */
export function useSaving(fields: readonly string[]): Saving {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const elsewhere = problem?.errors.filter(({ field }) => !fields.includes(field)) ?? [];
  const isWhole = problem !== null && (problem.errors.length === 0 || elsewhere.length > 0);
  const clear = (): void => {
    setErrors({});
    setProblem(null);
  };
  return {
    busy, errors, problem, clear,
    refusal: !isWhole ? null : elsewhere.length > 0 ? elsewhere.map((one) => fieldText(words, one)).join(' ') : refusalText(words, problem),
    refuse: (found) => {
      setProblem(null);
      setErrors(found);
    },
    save: async (request, onDone) => {
      clear();
      setBusy(true);
      try {
        const answer = await sendSignedIn(request);
        await onDone?.(answer);
        return true;
      } catch (error) {
        const refused = asProblem(error);
        setProblem(refused);
        setErrors(Object.fromEntries(refused.errors.map((one) => [one.field, fieldText(words, one)])));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
