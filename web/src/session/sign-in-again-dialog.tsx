import { Modal, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useSyncExternalStore } from 'react';
import type { Session } from '../api/client';
import { useWords } from '../words';
import { SESSION_KEY } from './session';
import { SignInForm } from './sign-in-form';
import { goOn, sessionExpired } from './sign-in-again';

/** Over the page when the session has expired: what is behind it stays as it is, typed comment included. */
export function SignInAgainDialog({ session }: { session: Session }): ReactNode {
  const words = useWords();
  const queries = useQueryClient();
  const expired = useSyncExternalStore(sessionExpired.subscribe, sessionExpired.read);
  const signedIn = (next: Session): void => {
    // What waits was meant by the first person; nobody else may send it.
    if (next.person.id !== session.person.id) return window.location.reload();
    queries.setQueryData(SESSION_KEY, next);
    goOn();
  };
  return (
    <Modal opened={expired} onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} centered title={words.t('signIn.title')} zIndex={400}>
      <Text fz="sm" mb="sm">{words.t('signIn.again')}</Text>
      <SignInForm email={session.person.email} onSignedIn={signedIn} />
    </Modal>
  );
}
