import { useCallback, useEffect, useRef } from 'react';

/** How long a lead has been on screen in this visit of the page, hidden tabs left out; null when it never was. */
export function useSecondsOnScreen(leadId: string | null): (id: string) => number | null {
  const totals = useRef(new Map<string, number>());
  const open = useRef<{ id: string; since: number } | null>(null);
  const stop = useCallback((): void => {
    if (!open.current) return;
    const { id, since } = open.current;
    totals.current.set(id, (totals.current.get(id) ?? 0) + performance.now() - since);
    open.current = null;
  }, []);
  useEffect(() => {
    const start = (): void => {
      stop();
      if (leadId && !document.hidden) open.current = { id: leadId, since: performance.now() };
    };
    start();
    document.addEventListener('visibilitychange', start);
    return () => {
      document.removeEventListener('visibilitychange', start);
      stop();
    };
  }, [leadId, stop]);
  return useCallback((id) => {
    const running = open.current?.id === id ? performance.now() - open.current.since : 0;
    const total = (totals.current.get(id) ?? 0) + running;
    return total > 0 ? Math.round(total / 100) / 10 : null;
  }, []);
}
