import { Anchor, Paper, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { LanguageSwitch } from '../language-switch';
import { useWords } from '../words';
import { SESSION_KEY } from './session';
import { SignInForm } from './sign-in-form';

/** The frame of all that is seen before signing in. */
export function Door({ title, children }: { title: string; children: ReactNode }): ReactNode {
  const words = useWords();
  return (
    <main className="door">
      <div className="door-head">
        <img src="/favicon.svg" alt="" width="40" height="40" />
        <div>
          <Text fw={600} fz="lg" lh={1.2}>{words.t('app.name')}</Text>
          <Text fz="sm" className="muted">{words.t('app.tagline')}</Text>
        </div>
      </div>
      <Paper withBorder p="lg" w="100%">
        <Title order={1} fz="lg" mb="md">{title}</Title>
        {children}
      </Paper>
      <LanguageSwitch />
    </main>
  );
}

export function SignInPage(): ReactNode {
  const words = useWords();
  const queries = useQueryClient();
  return (
    <Door title={words.t('signIn.title')}>
      <SignInForm onSignedIn={(session) => queries.setQueryData(SESSION_KEY, session)} />
      <Anchor href="#/forgotten" fz="sm" mt="sm" display="inline-block">{words.t('signIn.forgotten')}</Anchor>
    </Door>
  );
}
