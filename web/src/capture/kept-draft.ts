import { useEffect, useState } from 'react';

const PREFIX = 'maillon.draft.';

/** State that a reload, a closed window and a flat battery do not lose. @param owner nobody else is shown it */
export function useKeptDraft<Draft>(owner: string, empty: Draft): [Draft, (change: Draft | ((before: Draft) => Draft)) => void] {
  const key = PREFIX + owner;
  const [draft, setDraft] = useState<Draft>(() => {
    try {
      return (JSON.parse(localStorage.getItem(key) ?? 'null') as Draft | null) ?? empty;
    } catch {
      return empty;
    }
  });
  useEffect(() => {
    try {
      localStorage.setItem(key, JSON.stringify(draft));
    } catch {
      // Only a convenience: the form itself still holds what was typed.
    }
  }, [key, draft]);
  return [draft, setDraft];
}
