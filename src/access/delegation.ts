/** Somebody who is away on the day that is asked about, and who decides in their place. */
export interface Away {
  personId: string;
  /** Null: nobody was named. */
  delegateId: string | null;
}

/**
 * Who decides on a day what is assigned to a person: themselves when present, else their delegate, or the delegate's
 * when that one is away too. Delegates who name each other in a ring, and chains that end at somebody who is no
 * advisor (any more), lead to nobody.
 * @param advisors ids of the territory's advisors, present or not
 * @returns the id of an advisor who is present, or null
 */
export function whoDecides(personId: string, advisors: ReadonlySet<string>, away: readonly Away[]): string | null {
  const delegateOf = new Map(away.map((absence) => [absence.personId, absence.delegateId]));
  const asked = new Set<string>();
  let at: string | null = personId;
  while (at !== null && !asked.has(at)) {
    asked.add(at);
    if (advisors.has(at) && !delegateOf.has(at)) return at;
    at = delegateOf.get(at) ?? null;
  }
  return null;
}
