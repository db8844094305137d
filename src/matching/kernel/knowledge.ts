import type { Condition, Refusal, ResourceCatalogue, ResourceCategory, Substitution } from '../../resources/resource-catalogue.js';
import { CODE_ORIGIN, type FlowArrays, HAZARD, NO_WASTE_CODE, type Snapshot } from './snapshot.js';

/** Answer of a condition on a pair: unknown is neither yes nor no. */
export type Answer = 'yes' | 'no' | 'unknown';

/** Everything the catalogue says about an output category and an input category. */
export interface CategoryPair {
  substitutions: Substitution[];
  refusals: Refusal[];
}

/** The catalogue, looked up by the snapshot's indexes. */
export interface CompiledKnowledge {
  /** By index of `Snapshot.categories`. */
  categories: ResourceCategory[];
  /** Input category indexes that an output category may feed, ascending. */
  reachable: number[][];
  /** By `output category * categories.length + input category`; absent: no substitution. */
  pairs: Map<number, CategoryPair>;
  /** Refusals between categories that no substitution joins, by the same key: a lead by hand must not go past them either. */
  refusedApart: Map<number, Refusal[]>;
  /** Index of an attribute in `Snapshot.attributes`. */
  attributeIndex: Map<string, number>;
  /** Choices by attribute slug. */
  choices: Map<string, string[]>;
  wasteCodes: string[];
}

/** @throws when the snapshot names a category that the catalogue does not know */
export function compileKnowledge(catalogue: ResourceCatalogue, snapshot: Snapshot): CompiledKnowledge {
  const bySlug = new Map(catalogue.categories.map((category) => [category.slug, category]));
  const current = (slug: string): string => {
    const found = bySlug.get(slug);
    return found?.replacedBy === undefined ? slug : current(found.replacedBy);
  };
  const categories = snapshot.categories.map((slug) => {
    const found = bySlug.get(current(slug));
    if (found === undefined) throw new Error(`The snapshot names the category ${JSON.stringify(slug)}, which the catalogue does not know`);
    return found;
  });
  const indexes = new Map<string, number[]>();
  categories.forEach((category, index) => indexes.set(category.slug, [...(indexes.get(category.slug) ?? []), index]));

  const pairs = new Map<number, CategoryPair>();
  const refusedApart = new Map<number, Refusal[]>();
  const reachable: number[][] = categories.map(() => []);
  const each = (entry: { output: string; input: string }, use: (key: number, output: number, input: number) => void): void => {
    for (const output of indexes.get(current(entry.output)) ?? []) {
      for (const input of indexes.get(current(entry.input)) ?? []) use(output * categories.length + input, output, input);
    }
  };
  for (const substitution of catalogue.substitutions) {
    each(substitution, (key, output, input) => {
      if (!pairs.has(key)) {
        pairs.set(key, { substitutions: [], refusals: [] });
        reachable[output].push(input);
      }
      pairs.get(key)?.substitutions.push(substitution);
    });
  }
  for (const refusal of catalogue.refusals) {
    each(refusal, (key) => {
      const pair = pairs.get(key);
      if (pair !== undefined) pair.refusals.push(refusal);
      else refusedApart.set(key, [...(refusedApart.get(key) ?? []), refusal]);
    });
  }
  for (const list of reachable) list.sort((a, b) => a - b);
  return {
    categories, reachable, pairs, refusedApart,
    attributeIndex: new Map(snapshot.attributes.map((slug, index) => [slug, index])),
    choices: new Map(catalogue.qualityAttributes.map((attribute) => [attribute.slug, attribute.values ?? []])),
    wasteCodes: snapshot.wasteCodes,
  };
}

/** A code that says little: `xx xx 99`, or suggested and not confirmed. It never opens a gate by itself. */
export function isWeakCode(flows: FlowArrays, flow: number, wasteCodes: readonly string[]): boolean {
  const code = flows.wasteCode[flow];
  return code !== NO_WASTE_CODE && (flows.codeOrigin[flow] === CODE_ORIGIN.suggested || wasteCodes[code].endsWith('99'));
}

/** Value of an attribute of a flow: number, 0 or 1, index of a choice; NaN unknown. */
function attributeOf(knowledge: CompiledKnowledge, flows: FlowArrays, flow: number, slug: string): number {
  const key = knowledge.attributeIndex.get(slug);
  if (key === undefined) return NaN;
  for (let at = flows.attributeStart[flow]; at < flows.attributeStart[flow + 1]; at += 1) {
    if (flows.attributeKey[at] === key) return flows.attributeValue[at];
  }
  return NaN;
}

function encode(knowledge: CompiledKnowledge, slug: string, value: number | boolean | string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return knowledge.choices.get(slug)?.indexOf(value) ?? -1;
}

/** Whether a condition holds for a pair; unknown when the flow does not say, or says it by a weak waste code only. */
export function answer(knowledge: CompiledKnowledge, condition: Condition, outputs: FlowArrays, output: number, inputs: FlowArrays, input: number): Answer {
  const side = (which: 'output' | 'input'): [FlowArrays, number] => (which === 'output' ? [outputs, output] : [inputs, input]);
  const [flows, flow] = side(condition.side);
  const { attribute, op, value } = condition;
  if (attribute === 'wasteCode') {
    const code = flows.wasteCode[flow];
    if (code === NO_WASTE_CODE || isWeakCode(flows, flow, knowledge.wasteCodes)) return 'unknown';
    const prefixes = Array.isArray(value) ? value : [String(value)];
    const found = prefixes.some((prefix) => knowledge.wasteCodes[code].startsWith(prefix));
    return found === (op !== '!=') ? 'yes' : 'no';
  }
  let actual: number;
  if (attribute === 'hazardous') {
    actual = flows.hazard[flow] === HAZARD.unknown ? NaN : flows.hazard[flow] === HAZARD.yes ? 1 : 0;
  } else {
    actual = attributeOf(knowledge, flows, flow, attribute);
  }
  if (Number.isNaN(actual)) return 'unknown';
  if (Array.isArray(value)) {
    const found = value.some((choice) => encode(knowledge, attribute, choice) === actual);
    return found === (op !== '!=') ? 'yes' : 'no';
  }
  let wanted: number;
  if (typeof value === 'object') {
    const [other, at] = side(value.side);
    wanted = attributeOf(knowledge, other, at, value.attribute);
    if (Number.isNaN(wanted)) return 'unknown';
  } else {
    wanted = encode(knowledge, attribute, value);
  }
  const holds = op === '>=' ? actual >= wanted : op === '<=' ? actual <= wanted : op === '!=' ? actual !== wanted : actual === wanted;
  return holds ? 'yes' : 'no';
}
