import { Alert, Button, Group, Skeleton } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { useNotices } from '../notices';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import type { PolicyVersion } from './document';
import { NoteDialog } from './note-dialog';

/** Every version with its note; compare, take a draft up, go back. */
export function HistoryPanel({ active, onResume }: { active: number; onResume(version: number): void }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const [backTo, setBackTo] = useState<number | null>(null);
  const pages = useInfiniteQuery({
    queryKey: ['policies', 'history'], queryFn: ({ pageParam }) => sendSignedIn(() => api.GET('/api/policies', { params: { query: pageParam === null ? {} : { before: pageParam } } })),
    initialPageParam: null as number | null, getNextPageParam: (page) => page.next,
  });
  const rollBack = useMutation({
    mutationFn: ({ to, note }: { to: number; note: string }) => sendSignedIn(() => api.POST('/api/policies/{version}/roll-back', { params: { path: { version: to } }, body: { note, replaces: active } })),
    onSuccess: async ({ version }) => {
      setBackTo(null);
      notices.well(words.t('tuning.activated', { version }));
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'policies' || queryKey[0] === 'policy' });
    },
    onError: (error) => notices.bad(describeProblem(words, asProblem(error))),
  });
  if (pages.error) return <Alert color="red" variant="light" title={words.t('tuning.failed')}>{describeProblem(words, asProblem(pages.error))} <Button size="compact-sm" variant="default" onClick={() => void pages.refetch()}>{words.t('app.retry')}</Button></Alert>;
  if (!pages.data) return <Skeleton height={200} />;
  return (
    <>
      <ol className="versions">
        {pages.data.pages.flatMap(({ versions }) => versions).map((row) => <Version key={row.version} row={row} active={active} onResume={onResume} onBack={setBackTo} />)}
      </ol>
      {pages.hasNextPage && <Button size="compact-sm" variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{words.t('tuning.history.more')}</Button>}
      {backTo !== null && (
        <NoteDialog title={words.t('tuning.dialog.rollBack', { version: backTo })} explain={words.t('tuning.dialog.rollBack.explain')} confirm={words.t('tuning.dialog.confirmRollBack')} busy={rollBack.isPending}
          onConfirm={(note) => rollBack.mutate({ to: backTo, note })} onClose={() => setBackTo(null)} />
      )}
    </>
  );
}

function Version({ row, active, onResume, onBack }: { row: PolicyVersion; active: number; onResume(version: number): void; onBack(version: number): void }): ReactNode {
  const words = useWords();
  const [compared, setCompared] = useState(false);
  const { version, state } = row;
  return (
    <li className="block">
      <Group gap={8}>
        <b>{words.t('tuning.from', { version })}</b>
        <span className={state === 'active' ? 'change-tag entered' : 'change-tag'}>{words.of('tuning.state', state)}</span>
        <span className="muted">
          {row.createdBy === null ? words.t('tuning.history.program') : words.t('tuning.history.created', { day: words.day(row.createdAt), who: row.createdBy.name ?? '–' })}
          {row.basedOn !== null && <>, {words.t('tuning.history.based', { version: row.basedOn })}</>}
          {row.activatedAt !== null && <>, {words.t('tuning.history.activated', { day: words.day(row.activatedAt) })}</>}
        </span>
      </Group>
      {row.note && <p className="version-note">{row.note}</p>}
      {version !== active && (
        <Group gap={8} mt={6}>
          <Button size="compact-xs" variant="default" aria-expanded={compared} onClick={() => setCompared(!compared)}>{words.t('tuning.history.compare')}</Button>
          {state === 'draft' ? <Button size="compact-xs" variant="default" onClick={() => onResume(version)}>{words.t('tuning.history.resume')}</Button>
            : <Button size="compact-xs" variant="default" onClick={() => onBack(version)}>{words.t('tuning.history.rollBack')}</Button>}
        </Group>
      )}
      {compared && <Differences version={version} from={active} />}
    </li>
  );
}

function Differences({ version, from }: { version: number; from: number }): ReactNode {
  const words = useWords();
  const found = useQuery({ queryKey: ['policies', 'differences', version, from], queryFn: () => sendSignedIn(() => api.GET('/api/tuning/versions/{version}/differences', { params: { path: { version }, query: { from } } })) });
  if (found.error) return <p role="alert">{describeProblem(words, asProblem(found.error))}</p>;
  if (!found.data) return <Skeleton height={40} />;
  if (found.data.differences.length === 0) return <p className="muted">{words.t('tuning.history.same')}</p>;
  const told = (value: number | string | null): string => (value === null ? words.t('tuning.unset') : typeof value === 'number' ? words.number(value, { maximumFractionDigits: 4 }) : words.of('tuning.choice', value));
  return (
    <table className="figures">
      <thead><tr><th>{words.t('tuning.field')}</th><th className="right">{words.t('tuning.from', { version: from })}</th><th className="right">{words.t('tuning.from', { version })}</th></tr></thead>
      <tbody>{found.data.differences.map(({ field, ...values }) => <tr key={field}><th scope="row">{words.of('tuning.field', field)}</th><td className="right">{told(values.from)}</td><td className="right">{told(values.to)}</td></tr>)}</tbody>
    </table>
  );
}
