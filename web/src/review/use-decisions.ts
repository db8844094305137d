import { useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, sendSignedIn } from '../api/client';
import { ApiProblem, asProblem } from '../api/problem';
import type { Reason, Verdict } from '../api/types';
import { newId } from '../new-id';
import type { Notices } from '../notices';
import { useWords } from '../words';
import { describeDecision } from './describe-decision';
import { leadQuery, LIST_KEY, readStanding, type Standing, writeStanding } from './queries';

export interface Choice {
  verdict: Verdict;
  reason?: Reason;
  comment?: string;
  /** `2026-12-01` */
  snoozeUntil?: string;
}

interface Decide {
  kind: 'decide';
  id: string;
  /** What people call it: its rank, or a dash for a lead made by hand. */
  rank: string;
  choice: Choice;
  /** Made here, so that the same decision sent twice counts once. */
  decisionId: string;
  secondsOnScreen: number | null;
  shown: Record<string, unknown>;
  expected: Standing;
}

interface Undo {
  kind: 'undo';
  id: string;
  rank: string;
  withdrawalId: string;
  expected: Standing;
}

const DECISION_KEY = ['decision'] as const;
const TRIES = 3;
const PAUSE_MS = 1500;

export interface Decisions {
  saving: boolean;
  decide(lead: { id: string; rank: string }, choice: Choice, seen: { secondsOnScreen: number | null; shown: Record<string, unknown> }): void;
  undo(lead: { id: string; rank: string }): void;
  /** The lead decided last in this visit and not taken back. */
  last(): { id: string; rank: string } | null;
  /** Resolves once nothing of this lead is on its way any more. */
  settled(id: string): Promise<void>;
}

/**
 * Decisions are shown at once and sent behind; one that is refused is put back as it was, and says why. What is sent
 * for one lead goes in order: an undo waits for the decision it takes back.
 */
export function useDecisions(person: { id: string; name: string }, notices: Notices): Decisions {
  const queries = useQueryClient();
  const words = useWords();
  const underway = useRef(new Map<string, Promise<void>>());
  const decided = useRef<{ id: string; rank: string }[]>([]);
  /** Leads whose decision is taken back while it is still on its way: open on screen from then on, so that the next key means what it says. */
  const takenBack = useRef(new Set<string>());
  const latest = useRef({ words, notices });
  latest.current = { words, notices };

  const saving = useIsMutating({ mutationKey: DECISION_KEY }) > 0;
  const mutation = useMutation({
    mutationKey: DECISION_KEY,
    networkMode: 'always',
    retry: (count, error) => asProblem(error).passing && count < TRIES - 1,
    retryDelay: PAUSE_MS,
    mutationFn: (act: Decide | Undo): Promise<Partial<Standing>> => (act.kind === 'decide' ? sendDecision(act) : sendUndo(act)),
    onSuccess: (standing, act) => writeStanding(queries, act.id, takenBack.current.has(act.id) ? { ...standing, status: 'open' } : standing),
    onError: (error, act) => {
      writeStanding(queries, act.id, act.expected);
      void explain(asProblem(error), act);
    },
    // Quietly, and once the last of a fast series is through: answers that overtake each other would undo what is on screen.
    onSettled: (_standing, _error, act) => {
      void queries.invalidateQueries({ queryKey: leadQuery(act.id).queryKey });
      if (queries.isMutating({ mutationKey: DECISION_KEY }) === 1) void queries.invalidateQueries({ queryKey: LIST_KEY });
    },
  });

  async function explain(problem: ApiProblem, act: Decide | Undo): Promise<void> {
    const { words: say, notices: tell } = latest.current;
    decided.current = act.kind === 'decide' ? decided.current.filter((lead) => lead.id !== act.id) : [...decided.current, act];
    const more = { leadId: act.id };
    if (problem.status === 412) {
      const now = await queries.fetchQuery({ ...leadQuery(act.id), staleTime: 0 }).catch(() => null);
      if (now) writeStanding(queries, act.id, { status: now.status, version: now.version, decision: now.decision });
      const who = now?.decision ? `${describeDecision(say, now.decision)}.` : say.t('problem.stale.unknown');
      return tell.bad(say.t('problem.stale', { rank: act.rank, who }), more);
    }
    if (problem.passing) return tell.bad(say.t(problem.status === 0 ? 'problem.network' : 'problem.away'), { ...more, action: { label: say.t('app.retry'), run: () => void inTurn(act.id, () => start(act)) } });
    if (problem.status === 403) return tell.bad(say.t('problem.forbidden'), more);
    return tell.bad(say.t('problem.other', { detail: [problem.detail, ...problem.errors.map(({ field, expected }) => `${field} ${expected}`)].join(' ') }), more);
  }

  /** Shows an act at once and sends it. */
  async function start(act: Decide | Undo): Promise<void> {
    // An answer that was asked for before would put the old state back on screen.
    await Promise.all([LIST_KEY, leadQuery(act.id).queryKey].map((queryKey) => queries.cancelQueries({ queryKey })));
    writeStanding(queries, act.id, act.kind === 'decide' ? optimistic(act, person) : { status: 'open', decision: null });
    await mutation.mutateAsync(act).catch(() => undefined);
  }

  /** At once when nothing is on its way for this lead, else after it: each act needs the version that the one before it gave. */
  function inTurn(id: string, run: () => Promise<void>): Promise<void> {
    const before = underway.current.get(id);
    const done = before ? before.then(run) : run();
    underway.current.set(id, done);
    void done.then(() => underway.current.get(id) === done && underway.current.delete(id));
    return done;
  }

  return {
    saving,
    decide(lead, choice, seen) {
      decided.current = [...decided.current.filter(({ id }) => id !== lead.id), lead];
      void inTurn(lead.id, async () => {
        const expected = readStanding(queries, lead.id);
        if (expected?.status === 'open') await start({ kind: 'decide', ...lead, choice, decisionId: newId(), ...seen, expected });
      });
    },
    undo(lead) {
      decided.current = decided.current.filter(({ id }) => id !== lead.id);
      if (underway.current.has(lead.id)) {
        takenBack.current.add(lead.id);
        writeStanding(queries, lead.id, { status: 'open' });
      }
      void inTurn(lead.id, async () => {
        takenBack.current.delete(lead.id);
        const standing = readStanding(queries, lead.id);
        if (!standing?.decision) return;
        const expected: Standing = { ...standing, status: 'decided' };
        latest.current.notices.well(latest.current.words.t('decide.undone', { rank: lead.rank }));
        await start({ kind: 'undo', ...lead, withdrawalId: newId(), expected });
      });
    },
    last: () => decided.current.at(-1) ?? null,
    settled: async (id) => underway.current.get(id),
  };
}

function optimistic({ decisionId, choice }: Decide, by: { id: string; name: string }): Partial<Standing> {
  const { verdict, reason, comment, snoozeUntil } = choice;
  return {
    status: 'decided',
    decision: { id: decisionId, verdict, reason: reason?.slug ?? null, reasonLabel: reason?.label ?? null, comment: comment ?? null, snoozeUntil: snoozeUntil ?? null, decidedAt: new Date().toISOString(), by },
  };
}

async function sendDecision({ id, expected, decisionId, choice, secondsOnScreen, shown }: Decide): Promise<Partial<Standing>> {
  const { verdict, reason, comment, snoozeUntil } = choice;
  const { version } = await sendSignedIn(() => api.POST('/api/candidates/{id}/decisions', {
    params: { path: { id }, header: { 'If-Match': `"${expected.version}"` } },
    body: { decisionId, verdict, reason: reason?.slug, comment: comment?.trim() || undefined, snoozeUntil, secondsOnScreen: secondsOnScreen ?? undefined, shown },
  }));
  return { status: 'decided', version };
}

async function sendUndo({ id, withdrawalId, expected }: Undo): Promise<Partial<Standing>> {
  const { version, status } = await sendSignedIn(() => api.DELETE('/api/candidates/{id}/decision', { params: { path: { id }, query: { withdrawalId }, header: { 'If-Match': `"${expected.version}"` } } }));
  return { status, version, decision: null };
}
