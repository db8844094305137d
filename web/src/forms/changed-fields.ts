/** What differs between two bodies of a request, by their fields: sent alone, it leaves what a colleague changed elsewhere. */
export function changedFields<Body extends object>(before: Body, now: Body): Partial<Body> {
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof Body]))) as Partial<Body>;
}
