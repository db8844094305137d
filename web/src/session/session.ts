import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { api, send, type Session, setCurrentSession } from '../api/client';
import { ApiProblem } from '../api/problem';
import { forgetSession, rememberedSession, rememberSession } from './remembered-session';

export const SESSION_KEY = ['session'] as const;

async function readSession(): Promise<Session | null> {
  try {
    const session = await send(() => api.GET('/api/session'));
    setCurrentSession(session);
    rememberSession(session);
    return session;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 401) {
      forgetSession();
      return null;
    }
    const remembered = error.passing ? rememberedSession() : null;
    if (!remembered) throw error;
    // Its token is gone: the first request that changes something takes a new one.
    setCurrentSession(remembered);
    return remembered;
  }
}

/** Who is signed in, or was when the server last answered; null: nobody. */
export function useSession(): UseQueryResult<Session | null> {
  return useQuery({ queryKey: SESSION_KEY, queryFn: readSession, staleTime: Infinity });
}

/** @throws ApiProblem 401 for a wrong address or password, 429 after too many attempts */
export async function signIn(email: string, password: string): Promise<Session> {
  await send(() => api.POST('/api/session', { body: { email, password } }));
  const session = await readSession();
  if (!session) throw new ApiProblem(401, 'no-session', 'The session cookie was not kept.');
  return session;
}

export async function signOut(): Promise<void> {
  await send(() => api.DELETE('/api/session'));
  setCurrentSession(null);
  forgetSession();
}
