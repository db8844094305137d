/** An advisor who is there this week, with those who are away and whose share they decide. */
export interface PresentAdvisor {
  personId: string;
  delegateOf: readonly string[];
}

/**
 * Whose each lead is: the référent of the output's company when there; else whoever stands in for them; else the advisor
 * with the fewest open leads, counting those given here. Nobody there: nobody's (null).
 * @param referents of each lead's output company, in the order of the list; null: none, or not an advisor of this territory
 * @param present in a fixed order, which breaks ties
 * @param load open leads of each advisor before this list
 */
export function assignLeads(referents: readonly (string | null)[], present: readonly PresentAdvisor[], load: ReadonlyMap<string, number>): (string | null)[] {
  const standsFor = new Map<string, string>();
  for (const { personId, delegateOf } of present) {
    standsFor.set(personId, personId);
    for (const away of delegateOf) standsFor.set(away, personId);
  }
  const loads = new Map(present.map(({ personId }) => [personId, load.get(personId) ?? 0]));
  const loadOf = (personId: string): number => loads.get(personId) ?? 0;
  const assigned: (string | null)[] = referents.map((referent) => (referent === null ? null : (standsFor.get(referent) ?? null)));
  for (const personId of assigned) if (personId !== null) loads.set(personId, loadOf(personId) + 1);
  return assigned.map((personId) => {
    if (personId !== null || present.length === 0) return personId;
    const least = present.reduce((best, one) => (loadOf(one.personId) < loadOf(best.personId) ? one : best));
    loads.set(least.personId, loadOf(least.personId) + 1);
    return least.personId;
  });
}
