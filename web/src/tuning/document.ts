import type { components } from '../api/schema';

export type Preview = components['schemas']['PolicyPreview'];
export type PreviewedRun = components['schemas']['PreviewedRun'];
export type PreviewedPair = components['schemas']['PreviewedPair'];
export type Evidence = components['schemas']['EvidenceBody'];
export type TunedCategory = components['schemas']['TunedCategory'];
export type PolicyVersion = components['schemas']['PolicyVersionBody'];

/** A policy, read and written by paths such as `gates.ringKm.local`; the server says what is out of range. */
export type PolicyDocument = { [name: string]: PolicyValue };
export type PolicyValue = number | string | PolicyDocument;

/** The value at a path; undefined: nothing is set there. */
export function valueAt(document: PolicyDocument, path: string): PolicyValue | undefined {
  return path.split('.').reduce<PolicyValue | undefined>((value, name) => (typeof value === 'object' ? value[name] : undefined), document);
}

export function numberAt(document: PolicyDocument, path: string): number | undefined {
  const value = valueAt(document, path);
  return typeof value === 'number' ? value : undefined;
}

/** The document with another value at a path; undefined takes the field out, and what is left empty with it. */
export function withValue(document: PolicyDocument, path: string, value: number | string | undefined): PolicyDocument {
  const [name, ...rest] = path.split('.');
  const copy = { ...document };
  if (rest.length === 0) {
    if (value === undefined) delete copy[name];
    else copy[name] = value;
    return copy;
  }
  const inner = copy[name];
  const changed = withValue(typeof inner === 'object' ? inner : {}, rest.join('.'), value);
  // An override with nothing left in it is none.
  if (Object.keys(changed).length === 0 && value === undefined && rest.length === 1) delete copy[name];
  else copy[name] = changed;
  return copy;
}

/** Paths whose values differ. */
export function changedPaths(before: PolicyDocument, after: PolicyDocument): string[] {
  const fields = (document: PolicyDocument, path = ''): [string, number | string][] => Object.entries(document).flatMap(([name, value]): [string, number | string][] =>
    (typeof value === 'object' ? fields(value, `${path}${name}.`) : [[`${path}${name}`, value]]));
  const [earlier, later] = [new Map(fields(before)), new Map(fields(after))];
  return [...new Set([...earlier.keys(), ...later.keys()])].filter((path) => earlier.get(path) !== later.get(path));
}
