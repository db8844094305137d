import { useState } from 'react';
import { type Saving, useSaving } from './use-saving';

interface Standing<Version> {
  version: Version;
  /** Who changed what, and when. */
  text: string;
}

export interface SavingOver<Version> extends Saving {
  /** Who was faster; null: nobody, as far as is known. */
  stale: string | null;
  /** Sends for the version that was on screen. Where a colleague was faster nothing is saved, `stale` says who, and the next time it is sent for what stands then. */
  saveOver<T>(request: (version: Version) => Promise<{ data?: T; error?: unknown; response: Response }>, onDone?: () => void | Promise<void>): Promise<void>;
}

/**
 * A form that changes something that others may change as well.
 * @param shown version that the form was opened on
 * @param readStanding what stands now, asked for after a 412
 */
export function useSavingOver<Version>(fields: readonly string[], shown: Version, readStanding: () => Promise<Standing<Version>>): SavingOver<Version> {
  const saving = useSaving(fields);
  const [version, setVersion] = useState(shown);
  const [stale, setStale] = useState<string | null>(null);
  return {
    ...saving, stale,
    saveOver: async (request, onDone) => {
      const standing: Standing<Version>[] = [];
      await saving.save(async () => {
        const answer = await request(version);
        if (answer.response.status === 412) standing.push(await readStanding());
        return answer;
      }, onDone);
      const [newer] = standing;
      if (!newer) return;
      setVersion(newer.version);
      setStale(newer.text);
      saving.clear();
    },
  };
}
