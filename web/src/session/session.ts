import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { api, send, type Session, setCurrentSession } from '../api/client';
import { ApiProblem } from '../api/problem';

export const SESSION_KEY = ['session'] as const;

async function readSession(): Promise<Session | null> {
  try {
    const session = await send(() => api.GET('/api/session'));
    setCurrentSession(session);
    return session;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return null;
    throw error;
  }
}

/** Who is signed in; null: nobody. */
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
}
