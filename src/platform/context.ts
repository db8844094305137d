/**
 * Who acts, and in which territory: first argument of every action and query. Row-level security is set from it, so
 * that a forgotten `where` shows nothing instead of another territory.
 */
export interface Context {
  territoryId: string;
  /** Null: the system itself (schedule, worker). */
  personId: string | null;
  requestId: string | null;
}

/** The context of a job: nobody in particular, in one territory. */
export function systemContext(territoryId: string): Context {
  return { territoryId, personId: null, requestId: null };
}
