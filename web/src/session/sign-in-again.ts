/**
 * Requests that met an expired session wait here until the same person has signed in again; so a decision that was
 * being saved, and a comment that was being typed, outlive the session.
 */
let waiting: { promise: Promise<void>; resolve: () => void } | null = null;
const listeners = new Set<() => void>();

export function signedInAgain(): Promise<void> {
  if (!waiting) {
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => (resolve = done));
    waiting = { promise, resolve };
    listeners.forEach((listen) => listen());
  }
  return waiting.promise;
}

/** To be called when the same person is signed in again: everything that waits goes on. */
export function goOn(): void {
  const { resolve } = waiting ?? {};
  waiting = null;
  listeners.forEach((listen) => listen());
  resolve?.();
}

export const sessionExpired = {
  subscribe(listen: () => void): () => void {
    listeners.add(listen);
    return () => void listeners.delete(listen);
  },
  read: (): boolean => waiting !== null,
};
