import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, sendSignedIn, type Session } from './api/client';
import { LeadRow } from './review/lead-row';
import { Columns, ListFacts } from './review/weekly-list';
import { Top } from './top';
import { useWords } from './words';

/** For those whose screens are not made yet: says so; an analyst sees the week's list under pseudonyms. */
export function OtherRoles({ session }: { session: Session }): ReactNode {
  const words = useWords();
  return (
    <div className="page">
      <Top session={session} />
      <main className="lead-scroll" tabIndex={0}>
        <section className="block" style={{ maxWidth: 760 }}>
          <h2 style={{ fontSize: 17, margin: '0 0 6px' }}>{words.t('other.title')}</h2>
          <p style={{ margin: 0 }}>{words.t('other.explain', { roles: session.roles.map((role) => words.of('role', role)).join(', ') })}</p>
        </section>
        {session.permissions.includes('pseudonym.read') && <PseudonymousList />}
      </main>
    </div>
  );
}

function PseudonymousList(): ReactNode {
  const words = useWords();
  const list = useQuery({ queryKey: ['pseudonymous-list'], queryFn: () => sendSignedIn(() => api.GET('/api/pseudonymous/weekly-list', { params: { query: { limit: 100 } } })) });
  if (!list.data) return null;
  return (
    <section className="block" style={{ maxWidth: 760 }} aria-label={words.t('other.list')}>
      <ListFacts list={list.data} saving={false} />
      <Columns />
      <ol className="rows">{list.data.items.map((item) => <li key={item.id}><LeadRow item={item} chosen={false} linked={false} /></li>)}</ol>
    </section>
  );
}
