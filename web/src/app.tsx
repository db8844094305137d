import { Alert, Button, Loader } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { asProblem } from './api/problem';
import { type Place, usePlace } from './location';
import { describeProblem } from './problem-text';
import { SignInPage } from './session/door';
import { ForgottenPage, PasswordPage } from './session/password-pages';
import { useSession } from './session/session';
import { SignInAgainDialog } from './session/sign-in-again-dialog';
import { PageFailure } from './shell/page-failure';
import { Shell } from './shell/shell';
import { useWords } from './words';

/** For companies, who have no account: nothing of the rest is loaded for them. */
const AnswerPage = lazy(async () => ({ default: (await import('./answer/answer-page')).AnswerPage }));

/** Which page: by the address, and by whether somebody is signed in. */
export function App(): ReactNode {
  const place = usePlace();
  const words = useWords();
  if (place.path[0] === 'password') return <PasswordPage token={place.query.get('token')} />;
  if (place.path[0] === 'answer') return <PageFailure words={words}><Suspense fallback={null}><AnswerPage token={place.query.get('token') ?? ''} /></Suspense></PageFailure>;
  return <BehindTheDoor place={place} />;
}

function BehindTheDoor({ place }: { place: Place }): ReactNode {
  const words = useWords();
  const session = useSession();
  const { data } = session;
  useEffect(() => {
    if (data) words.setLanguage(data.language);
    // Only when somebody signs in: the switch on the page has the last word until then.
  }, [data?.person.id]);
  if (session.isPending) return <div className="door"><Loader size="sm" aria-label={words.t('app.loading')} /></div>;
  if (session.error) {
    return (
      <main className="door">
        <Alert color="red" variant="light" title={words.t('app.name')}>{describeProblem(words, asProblem(session.error))} <Button size="compact-sm" variant="default" onClick={() => void session.refetch()}>{words.t('app.retry')}</Button></Alert>
      </main>
    );
  }
  if (!data) return place.path[0] === 'forgotten' ? <ForgottenPage /> : <SignInPage />;
  return (
    <>
      <Shell session={data} place={place} />
      <SignInAgainDialog session={data} />
    </>
  );
}
