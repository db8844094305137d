import { Alert, Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import { LeadRow } from './lead-row';
import { Columns, ListFacts } from './weekly-list';

/** The week's list as an analyst sees it: companies bear pseudonyms, and nothing is decided here. */
export function PseudonymousPage(): ReactNode {
  const words = useWords();
  const list = useQuery({ queryKey: ['pseudonymous-list'], queryFn: () => sendSignedIn(() => api.GET('/api/pseudonymous/weekly-list', { params: { query: { limit: 100 } } })) });
  if (list.error) return <main className="sheet"><Alert color="red" variant="light" title={words.t('list.failed')}>{describeProblem(words, asProblem(list.error))} <Button size="compact-sm" variant="default" onClick={() => void list.refetch()}>{words.t('app.retry')}</Button></Alert></main>;
  if (!list.data) return <main className="sheet" role="status"><span className="unseen">{words.t('app.loading')}</span><Skeleton height={240} /></main>;
  return (
    <main className="sheet">
      <h1>{words.t('other.list')}</h1>
      <section className="block" style={{ maxWidth: 860 }}>
        <ListFacts list={list.data} saving={false} />
        <Columns />
        <ol className="rows">{list.data.items.map((item) => <li key={item.id}><LeadRow item={item} chosen={false} linked={false} /></li>)}</ol>
      </section>
    </main>
  );
}
