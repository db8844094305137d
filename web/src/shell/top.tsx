import { ActionIcon, Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, sendSignedIn, type Session } from '../api/client';
import { LanguageSwitch } from '../language-switch';
import { SESSION_KEY, signOut } from '../session/session';
import { type Language, useWords } from '../words';
import { ColoursSwitch } from './colours-switch';
import { Icon } from './icon';

/** The bar above everything: where one is, who one is, language, colours, way out. */
export function Top({ session }: { session: Session }): ReactNode {
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
      <span className="top-territory">{session.territory.name}</span>
      <span className="top-fill" />
      <span className="muted only-wide">{session.person.name}</span>
      <LanguageSwitch onChosen={(language) => remember.mutate(language)} />
      <ColoursSwitch personId={session.person.id} />
      <ActionIcon className="only-narrow" variant="default" size="md" aria-label={words.t('signOut')} loading={leave.isPending} onClick={() => leave.mutate()}><Icon name="leave" size={16} /></ActionIcon>
      <Button className="only-wide" size="compact-sm" variant="subtle" loading={leave.isPending} onClick={() => leave.mutate()}>{words.t('signOut')}</Button>
    </header>
  );
}
