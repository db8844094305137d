import { useLocalStorage } from '@mantine/hooks';
import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { sessionExpired } from './session/sign-in-again';

/** True where a letter is text: a field that is being filled in. */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

/**
 * Single keys for the whole page. Keys pressed in a field, with Ctrl, Alt or Meta, or held down are left alone.
 * They rest while somebody has to sign in again, and where single keys are switched off.
 * @param handle gets the key in lower case; true: it was ours
 */
export function useKeys(handle: (key: string) => boolean, enabled = true): void {
  const [on] = useKeysOn();
  const expired = useSyncExternalStore(sessionExpired.subscribe, sessionExpired.read);
  const listening = enabled && on && !expired;
  // Two keys may follow each other within a frame: the second must meet the state that the first has made.
  const latest = useRef(handle);
  useLayoutEffect(() => void (latest.current = handle));
  useEffect(() => {
    if (!listening) return undefined;
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.defaultPrevented || isWriting(event.target)) return;
      if (latest.current(event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [listening]);
}

/** Whether single keys act at all, on any page; kept in this browser. */
export function useKeysOn(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useLocalStorage({ key: 'maillon.keys', defaultValue: true, getInitialValueInEffect: false });
  return [on, setOn];
}
