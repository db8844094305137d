/** By UTF-16 code units: an order that no locale changes. */
export const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Different values in their order, and where each stands. */
interface Index {
  values: string[];
  at: Map<string, number>;
}

/** The different values, sorted. */
export function indexOf(found: readonly string[]): Index {
  const values = [...new Set(found)].sort(byText);
  return { values, at: new Map(values.map((value, at) => [value, at])) };
}

/** @throws when the key has no number */
export function numberOf<Key>(numbers: ReadonlyMap<Key, number>, key: Key): number {
  const found = numbers.get(key);
  if (found === undefined) throw new Error(`The snapshot does not know ${String(key)}`);
  return found;
}
