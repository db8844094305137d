import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, sendSignedIn } from '../api/client';
import { useWords } from '../words';
import { companyKey } from './queries';

/** Who changed what, the newest first. */
export function HistorySection({ companyId }: { companyId: string }): ReactNode {
  const words = useWords();
  const history = useInfiniteQuery({
    queryKey: [...companyKey(companyId), 'history'],
    queryFn: ({ pageParam }) => sendSignedIn(() => api.GET('/api/companies/{id}/history', { params: { path: { id: companyId }, query: { limit: 10, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '', getNextPageParam: (page) => page.next,
  });
  const rows = history.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <section className="block" aria-labelledby="history">
      <h2 id="history">{words.t('companies.history')}</h2>
      {history.isSuccess && rows.length === 0 && <p className="hint">{words.t('companies.history.none')}</p>}
      <ul className="items history">
        {rows.map((event) => (
          <li key={event.id}>
            <span>{event.subject.label ? words.pair(words.of('companies.history', event.action), event.subject.label) : words.of('companies.history', event.action)}</span>
            <div className="item-facts">{words.day(event.at)} · {event.by?.name ?? words.t('companies.history.system')}{event.fields.length > 0 && ` · ${event.fields.map((field) => words.of('companies.field', field)).join(', ')}`}</div>
          </li>
        ))}
      </ul>
      {history.hasNextPage && <Button mt="xs" size="compact-sm" variant="default" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>{words.t('forms.more')}</Button>}
    </section>
  );
}
