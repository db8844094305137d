import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { useNotices } from '../notices';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import type { PolicyDocument } from './document';

interface Stored {
  version: number;
  /** The server's tag of what it holds. */
  tag: string;
}

export interface Draft {
  document: PolicyDocument;
  stored: Stored | null;
  busy: boolean;
  change(document: PolicyDocument): void;
  /** Takes a stored draft up, or begins again from a document. */
  take(document: PolicyDocument, stored: Stored | null): void;
  save(): Promise<void>;
  /** @returns whether it is active now */
  activate(note: string): Promise<boolean>;
}

/** The policy being edited: on this page until it is kept or activated, then on the server too. */
export function useDraft(start: PolicyDocument, activeVersion: number): Draft {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const [document, change] = useState(start);
  const [stored, setStored] = useState<Stored | null>(null);

  const keep = async (): Promise<Stored> => {
    let at = stored;
    if (at === null) {
      const { version, tag } = await sendSignedIn(() => api.POST('/api/policies'));
      at = { version, tag };
      setStored(at);
    }
    const { version } = at;
    const header = { 'If-Match': `"${at.tag}"` };
    const { tag } = await sendSignedIn(() => api.PUT('/api/policies/{version}', { params: { path: { version }, header }, body: { document } }));
    setStored({ version, tag });
    return { version, tag };
  };
  const failed = (error: unknown): void => notices.bad(describeProblem(words, asProblem(error)));
  const refresh = (): Promise<void> => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'policies' || queryKey[0] === 'policy' });

  const saving = useMutation({
    mutationFn: keep,
    onSuccess: ({ version }) => {
      notices.well(words.t('tuning.saved', { version }));
      return refresh();
    },
    onError: failed,
  });
  const activating = useMutation({
    mutationFn: async (note: string) => {
      const { version, tag } = await keep();
      await sendSignedIn(() => api.POST('/api/policies/{version}/activation', { params: { path: { version }, header: { 'If-Match': `"${tag}"` } }, body: { note, replaces: activeVersion } }));
      return version;
    },
    onSuccess: (version) => {
      setStored(null);
      notices.well(words.t('tuning.activated', { version }));
      return refresh();
    },
    onError: failed,
  });
  return {
    document, stored, busy: saving.isPending || activating.isPending, change,
    take: (taken, from) => {
      change(taken);
      setStored(from);
    },
    save: () => saving.mutateAsync().then(() => undefined, () => undefined),
    activate: (note) => activating.mutateAsync(note).then(() => true, () => false),
  };
}
