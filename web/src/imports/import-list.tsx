import { Alert, Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, sendSignedIn, type Session } from '../api/client';
import { asProblem } from '../api/problem';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import { FileForm } from './file-form';
import { Mappings } from './mappings';
import { isUnderWay } from './queries';

export function ImportList({ session }: { session: Session }): ReactNode {
  const words = useWords();
  const list = useInfiniteQuery({
    queryKey: ['imports'],
    queryFn: ({ pageParam }) => sendSignedIn(() => api.GET('/api/imports', { params: { query: { limit: 20, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '', getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.rows.some(isUnderWay)) ? 2_000 : false),
  });
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  const mayStart = session.permissions.includes('import.start');
  return (
    <main className="sheet">
      <div className="page-head"><h1>{words.t('imports.title')}</h1></div>
      {mayStart && <FileForm />}
      <section className="block" aria-labelledby="past">
        <h2 id="past">{words.t('imports.past')}</h2>
        {list.error && <Alert color="red" variant="light" role="alert">{describeProblem(words, asProblem(list.error))} <Button size="compact-sm" variant="default" onClick={() => void list.refetch()}>{words.t('app.retry')}</Button></Alert>}
        {list.isSuccess && rows.length === 0 && <p className="hint">{words.t('imports.none')}</p>}
        <ul className="items">
          {rows.map((row) => (
            <li key={row.id}>
              <div className="item-head"><a href={`#/imports/${row.id}`}>{row.fileName}</a><span className={`mark ${row.state === 'failed' ? 'bad' : row.state === 'done' ? 'good' : ''}`}>{words.of('imports.state', row.state)}</span></div>
              <div className="item-facts">{[row.kind && words.of('imports.kind', row.kind), words.day(row.createdAt), words.t('imports.counts', { added: row.rowsAdded, changed: row.rowsChanged, unchanged: row.rowsUnchanged })].filter(Boolean).join(' · ')}{row.rowsRefused > 0 && <> · <strong className="warning">{words.t('imports.refusedCount', { count: row.rowsRefused })}</strong></>}</div>
            </li>
          ))}
        </ul>
        {list.hasNextPage && <Button mt="xs" size="compact-sm" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{words.t('forms.more')}</Button>}
      </section>
      <Mappings mayEdit={mayStart} />
    </main>
  );
}
