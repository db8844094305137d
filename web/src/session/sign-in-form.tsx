import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { Session } from '../api/client';
import { asProblem } from '../api/problem';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import { signIn } from './session';

/** Address and password; also within the dialog that asks for them again. */
export function SignInForm({ email: known = '', onSignedIn }: { email?: string; onSignedIn(session: Session): void }): ReactNode {
  const words = useWords();
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  const attempt = useMutation({ mutationFn: () => signIn(email, password), onSuccess: onSignedIn });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    attempt.mutate();
  };
  const problem = attempt.error && asProblem(attempt.error);
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput label={words.t('signIn.email')} type="email" name="email" autoComplete="username" required value={email} data-autofocus={known === '' || undefined}
          autoFocus={known === ''} onChange={(event) => setEmail(event.currentTarget.value)} withAsterisk={false} />
        <PasswordInput label={words.t('signIn.password')} name="password" autoComplete="current-password" required value={password} data-autofocus={known !== '' || undefined}
          onChange={(event) => setPassword(event.currentTarget.value)} withAsterisk={false} />
        {problem && (
          <Alert color="red" variant="light" role="alert" p="xs">
            {problem.status === 401 ? words.t('signIn.wrong') : problem.status === 429 ? words.t('signIn.tooMany') : describeProblem(words, problem)}
          </Alert>
        )}
        <Button type="submit" loading={attempt.isPending}>{words.t('signIn.submit')}</Button>
      </Stack>
    </form>
  );
}
