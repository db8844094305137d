import { useSyncExternalStore } from 'react';

function subscribe(listen: () => void): () => void {
  window.addEventListener('hashchange', listen);
  return () => window.removeEventListener('hashchange', listen);
}

/** Where the page is: `#/leads/<id>`, `#/password?token=…`. */
export interface Place {
  path: string[];
  query: URLSearchParams;
}

function parse(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { path: path.split('/').filter(Boolean), query: new URLSearchParams(query) };
}

export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return parse(hash);
}

export function leadAddress(id: string): string {
  return `#/leads/${encodeURIComponent(id)}`;
}

/** Moving along the list leaves no trail of its own in the history: "back" on a phone is the list. */
export function goTo(address: string, { replace = false } = {}): void {
  if (replace) {
    window.history.replaceState(null, '', address);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  } else window.location.hash = address;
}
