import type { Session } from '../api/client';

const KEY = 'maillon.session';

/** Who used this browser last and has not signed out: the page of somebody who captures opens with it where nothing answers. It lets nobody in: every request is still the server's to allow. */
export function rememberSession(session: Session): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...session, csrfToken: '' }));
  } catch {
    // This device keeps nothing: its page needs the network.
  }
}

export function rememberedSession(): Session | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Session | null;
  } catch {
    return null;
  }
}

export function forgetSession(): void {
  localStorage.removeItem(KEY);
}
