import { Alert, Button, Loader } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import type { Session } from './api/client';
import { asProblem } from './api/problem';
import { usePlace } from './location';
import { OtherRoles } from './other-roles';
import { describeProblem } from './problem-text';
import { ReviewPage } from './review/review-page';
import { SignInPage } from './session/door';
import { ForgottenPage, PasswordPage } from './session/password-pages';
import { useSession } from './session/session';
import { SignInAgainDialog } from './session/sign-in-again-dialog';
import { useWords } from './words';

/** Which page: by the address, and by whether somebody is signed in. */
export function App(): ReactNode {
  const words = useWords();
  const place = usePlace();
  const session = useSession();
  const { data } = session;
  useEffect(() => {
    if (data) words.setLanguage(data.language);
    // Only when somebody signs in: the switch on the page has the last word until then.
  }, [data?.person.id]);
  if (place.path[0] === 'password') return <PasswordPage token={place.query.get('token')} />;
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
      <SignedIn session={data} path={place.path} />
      <SignInAgainDialog session={data} />
    </>
  );
}

function SignedIn({ session, path }: { session: Session; path: string[] }): ReactNode {
  if (!session.permissions.includes('list.read')) return <OtherRoles session={session} />;
  return <ReviewPage session={session} leadId={path[0] === 'leads' && path[1] ? decodeURIComponent(path[1]) : null} />;
}
