import type { Policy } from '../matching/policy.js';

/** A field that two policies have different values of; undefined became null: not set at that level. */
export interface PolicyDifference {
  /** `categories.straw.hardDistanceFactor` */
  field: string;
  from: number | string | null;
  to: number | string | null;
}

/** Every field that differs, in the order of its name. */
export function policyDifferences(from: Policy, to: Policy): PolicyDifference[] {
  const [before, after] = [fieldsOf(from), fieldsOf(to)];
  return [...new Set([...before.keys(), ...after.keys()])].sort()
    .map((field) => ({ field, from: before.get(field) ?? null, to: after.get(field) ?? null }))
    .filter((one) => one.from !== one.to);
}

function fieldsOf(value: object, path = ''): Map<string, number | string> {
  return new Map(Object.entries(value).flatMap(([name, inner]): [string, number | string][] => {
    const field = path === '' ? name : `${path}.${name}`;
    return typeof inner === 'object' && inner !== null ? [...fieldsOf(inner as object, field)] : [[field, inner as number | string]];
  }));
}
