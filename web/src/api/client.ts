import createClient from 'openapi-fetch';
import { signedInAgain } from '../session/sign-in-again';
import { ApiProblem, readProblem } from './problem';
import type { components, paths } from './schema';

export type Session = components['schemas']['SessionBody'];

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
let current: Session | null = null;

/** Whose session requests belong to; unsafe ones bear its token. */
export function setCurrentSession(session: Session | null): void {
  current = session;
}

export function currentPersonId(): string | null {
  return current?.person.id ?? null;
}

export const api = createClient<paths>({ baseUrl: window.location.origin });

api.use({
  onRequest({ request }) {
    if (current !== null && UNSAFE.has(request.method)) request.headers.set('X-CSRF-Token', current.csrfToken);
    return request;
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * The data of a request.
 * @throws ApiProblem for a refusal, or status 0 when nothing answered
 */
export async function send<T>(request: () => Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await request();
  } catch (error) {
    throw new ApiProblem(0, 'network', String(error));
  }
  if (!answer.response.ok) throw readProblem(answer.response.status, answer.error);
  return answer.data as T;
}

/** As `send`; where the session has expired it waits for the person to sign in again and then asks once more. */
export async function sendSignedIn<T>(request: () => Promise<Answer<T>>): Promise<T> {
  try {
    return await send(request);
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 401) await signedInAgain();
    else if (error.status === 403 && error.code === 'csrf') await takeNewToken();
    else throw error;
    return send(request);
  }
}

/** Another tab has signed in anew. The same person goes on; for another one this page must not act. */
async function takeNewToken(): Promise<void> {
  const session = await send(() => api.GET('/api/session'));
  if (session.person.id !== currentPersonId()) {
    window.location.reload();
    throw new ApiProblem(403, 'other-person', 'Somebody else has signed in.');
  }
  setCurrentSession(session);
}
