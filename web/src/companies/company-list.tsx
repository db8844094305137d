import { Alert, Button, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { api, sendSignedIn, type Session } from '../api/client';
import { asProblem } from '../api/problem';
import { goTo } from '../location';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import { CompanyForm } from './company-form';
import { advisorsQuery, companyAddress } from './queries';

/** Kept while one company is looked at. */
const last = { text: '', referentId: '' };

export function CompanyList({ session }: { session: Session }): ReactNode {
  const words = useWords();
  const [text, setText] = useState(last.text);
  const [referentId, setReferentId] = useState(last.referentId);
  const [making, setMaking] = useState(false);
  const [asked] = useDebouncedValue(text.trim(), 200);
  useEffect(() => void Object.assign(last, { text, referentId }), [text, referentId]);
  const advisors = useQuery({ ...advisorsQuery, enabled: session.permissions.includes('advisor.read') });
  const found = useInfiniteQuery({
    queryKey: ['companies', { q: asked, referentId }],
    queryFn: ({ pageParam }) => sendSignedIn(() => api.GET('/api/companies', {
      params: { query: { ...(asked ? { q: asked } : {}), ...(referentId ? { referentId } : {}), ...(pageParam ? { after: pageParam } : {}) } },
    })),
    initialPageParam: '', getNextPageParam: (page) => page.next, placeholderData: (before) => before,
  });
  const rows = found.data?.pages.flatMap((page) => page.rows) ?? [];
  const filtered = asked !== '' || referentId !== '';
  return (
    <main className="sheet">
      <div className="page-head">
        <h1>{words.t('companies.title')}</h1>
        {session.permissions.includes('company.edit') && <Button variant="default" onClick={() => setMaking(true)}>{words.t('companies.new')}</Button>}
      </div>
      {making && <div className="block"><h2>{words.t('companies.new')}</h2><CompanyForm session={session} onDone={(id) => goTo(companyAddress(id))} onCancel={() => setMaking(false)} /></div>}
      <div className="filters" role="search">
        <TextInput className="grow" label={words.t('companies.search')} placeholder={words.t('companies.search.how')} type="search" value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <NativeSelect label={words.t('companies.referent')} value={referentId} onChange={(event) => setReferentId(event.currentTarget.value)}
          data={[{ value: '', label: words.t('companies.referent.all') }, ...(advisors.data ?? []).map(({ personId, name }) => ({ value: personId, label: personId === session.person.id ? words.t('companies.mine') : name }))]} />
      </div>
      {found.error && <Alert color="red" variant="light" role="alert">{describeProblem(words, asProblem(found.error))} <Button size="compact-sm" variant="default" onClick={() => void found.refetch()}>{words.t('app.retry')}</Button></Alert>}
      {found.isPending && <p className="muted" role="status">{words.t('app.loading')}</p>}
      {found.isSuccess && rows.length === 0 && (
        <div className="empty" role="status"><strong>{words.t(filtered ? 'companies.none' : 'companies.first')}</strong>{words.t(filtered ? 'companies.none.explain' : 'companies.first.explain')} {!filtered && session.permissions.includes('import.start') && <a href="#/imports">{words.t('nav.imports')}</a>}</div>
      )}
      {rows.length > 0 && (
        <>
          <ul className="company-rows">
            {rows.map((row) => (
              <li key={row.id}>
                <a href={companyAddress(row.id)}>
                  <strong>{row.name}</strong>
                  <span className="muted">{row.communes.join(', ') || words.t('companies.sites', { count: row.siteCount })}</span>
                  <span className="muted number">{row.siren ?? ''}</span>
                  <span className="muted">{row.referentName ?? words.t('lead.noReferent')}</span>
                </a>
              </li>
            ))}
          </ul>
          {found.hasNextPage && <Button mt="sm" variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{words.t('forms.more')}</Button>}
        </>
      )}
    </main>
  );
}
