import { type ReactNode, Suspense, useEffect, useSyncExternalStore } from 'react';
import type { Session } from '../api/client';
import type { Place } from '../location';
import { NoticesProvider } from '../notices';
import { keepShell } from '../offline/keep-shell';
import { pageFor } from '../pages';
import { sessionExpired } from '../session/sign-in-again';
import { useWords } from '../words';
import { Navigation } from './navigation';
import { PageFailure } from './page-failure';
import { Top } from './top';

/** The frame of every page behind the sign-in: bar above, navigation, and the page of the address. */
export function Shell({ session, place }: { session: Session; place: Place }): ReactNode {
  const words = useWords();
  const expired = useSyncExternalStore(sessionExpired.subscribe, sessionExpired.read);
  const found = pageFor(session, place.path);
  const captures = session.permissions.includes('flow.edit');
  useEffect(() => {
    if (captures) keepShell();
  }, [captures]);
  const loading = <div className="sheet" role="status"><span className="muted">{words.t('app.loading')}</span></div>;
  return (
    <NoticesProvider>
      <div className="shell" inert={expired}>
        <Top session={session} />
        <Navigation session={session} current={found?.entry ?? null} />
        {found ? (
          <PageFailure key={found.entry.path} words={words}>
            <Suspense fallback={loading}><found.entry.Page session={session} rest={found.rest} query={place.query} /></Suspense>
          </PageFailure>
        ) : <main className="sheet"><p>{words.t('nav.none')}</p></main>}
      </div>
    </NoticesProvider>
  );
}
