import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api, send } from '../api/client';
import { type ApiProblem, asProblem } from '../api/problem';
import { describeProblem } from '../problem-text';
import { useWords, type Words } from '../words';
import { Door } from './door';

/** As the server asks; it has the last word. */
const SHORTEST = 12;

function refusal(words: Words, problem: ApiProblem): string {
  if (problem.code === 'link-not-valid') return words.t('password.badToken');
  if (problem.code === 'password-too-short') return words.t('password.tooShort', { count: SHORTEST });
  if (problem.code === 'password-too-plain') return words.t('password.tooPlain');
  if (problem.status === 422) return words.t('password.refused');
  if (problem.status === 429) return words.t('signIn.tooMany');
  return describeProblem(words, problem);
}

/** Where the links of invitations and resets lead: `#/password?token=…`. */
export function PasswordPage({ token }: { token: string | null }): ReactNode {
  const words = useWords();
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [different, setDifferent] = useState(false);
  const save = useMutation({ mutationFn: () => send(() => api.POST('/api/password/redeem', { body: { token: token ?? '', password } })) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setDifferent(password !== repeated);
    if (password === repeated) save.mutate();
  };
  if (!token) return <Door title={words.t('password.title')}><Text fz="sm">{words.t('password.noToken')}</Text><Links /></Door>;
  if (save.isSuccess) return <Door title={words.t('password.title')}><Text fz="sm" role="status">{words.t('password.done')}</Text><Anchor href="#/" fz="sm" mt="sm" display="inline-block">{words.t('signIn.submit')}</Anchor></Door>;
  return (
    <Door title={words.t('password.title')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <PasswordInput label={words.t('password.new')} description={words.t('password.rule', { count: SHORTEST })} autoComplete="new-password" required withAsterisk={false} autoFocus
            minLength={SHORTEST} value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
          <PasswordInput label={words.t('password.repeat')} autoComplete="new-password" required withAsterisk={false} value={repeated}
            error={different && password !== repeated ? words.t('password.different') : undefined} onChange={(event) => setRepeated(event.currentTarget.value)} />
          {save.error && <Alert color="red" variant="light" role="alert" p="xs">{refusal(words, asProblem(save.error))}</Alert>}
          <Button type="submit" loading={save.isPending}>{words.t('password.submit')}</Button>
        </Stack>
      </form>
      <Links />
    </Door>
  );
}

function Links(): ReactNode {
  const words = useWords();
  return <Anchor href="#/forgotten" fz="sm" mt="sm" display="inline-block">{words.t('signIn.forgotten')}</Anchor>;
}

/** Asks for a link; the answer is the same whether the account exists or not. */
export function ForgottenPage(): ReactNode {
  const words = useWords();
  const [email, setEmail] = useState('');
  const ask = useMutation({ mutationFn: () => send(() => api.POST('/api/password/reset-request', { body: { email } })) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <Door title={words.t('reset.title')}>
      {ask.isSuccess ? <Text fz="sm" role="status">{words.t('reset.sent')}</Text> : (
        <form onSubmit={submit}>
          <Stack gap="sm">
            <Text fz="sm">{words.t('reset.explain')}</Text>
            <TextInput label={words.t('signIn.email')} type="email" autoComplete="username" required withAsterisk={false} autoFocus value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
            {ask.error && <Alert color="red" variant="light" role="alert" p="xs">{refusal(words, asProblem(ask.error))}</Alert>}
            <Button type="submit" loading={ask.isPending}>{words.t('reset.submit')}</Button>
          </Stack>
        </form>
      )}
      <Anchor href="#/" fz="sm" mt="sm" display="inline-block">{words.t('reset.back')}</Anchor>
    </Door>
  );
}
