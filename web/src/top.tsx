import { ActionIcon, Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, sendSignedIn, type Session } from './api/client';
import { LanguageSwitch } from './language-switch';
import { SESSION_KEY, signOut } from './session/session';
import { type Language, useWords } from './words';

/** The bar above everything: where one is, who one is, language, help, way out. */
export function Top({ session, onHelp }: { session: Session; onHelp?(): void }): ReactNode {
  const words = useWords();
  const queries = useQueryClient();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      queries.clear();
      queries.setQueryData(SESSION_KEY, null);
      window.location.hash = '#/';
    },
  });
  // The choice is for mails too; where it cannot be kept just now, the page still speaks it.
  const remember = useMutation({
    mutationFn: (language: Language) => sendSignedIn(() => api.PUT('/api/session/language', { body: { language } })),
    // What the server says of a lead is in the language it knows of.
    onSuccess: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] }),
  });
  return (
    <header className="top">
      <span className="top-name"><img src="/favicon.svg" alt="" width="24" height="24" /><span className="only-wide">{words.t('app.name')}</span></span>
      <h1 className="top-territory">{session.territory.name}</h1>
      <span className="top-fill" />
      <span className="muted only-wide">{session.person.name}</span>
      <LanguageSwitch onChosen={(language) => remember.mutate(language)} />
      {onHelp && <ActionIcon className="only-wide" variant="default" size="md" aria-label={words.t('help.open')} title={words.t('help.open')} onClick={onHelp}>?</ActionIcon>}
      <ActionIcon className="only-narrow" variant="default" size="md" aria-label={words.t('signOut')} loading={leave.isPending} onClick={() => leave.mutate()}>
        <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true"><path d="M6 2H3v12h3M7 8h7m-3-3 3 3-3 3" /></svg>
      </ActionIcon>
      <Button className="only-wide" size="compact-sm" variant="subtle" loading={leave.isPending} onClick={() => leave.mutate()}>{words.t('signOut')}</Button>
    </header>
  );
}
