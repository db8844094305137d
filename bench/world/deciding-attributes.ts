import type { Condition, ResourceCatalogue } from '../../src/resources/resource-catalogue.js';

/** A quality attribute on which a substitution or refusal of the category turns, with values on both sides of the turn. */
export interface DecidingAttribute {
  slug: string;
  levels: number[];
}

/** What is asked of both sides and compared (a temperature, a conductivity) gets these. */
const COMPARED_LEVELS = [20, 60, 120];

/** By side and category: the attributes that decide something, as a visit would ask for them. */
export function decidingAttributes(catalogue: ResourceCatalogue): Record<'output' | 'input', Map<string, DecidingAttribute[]>> {
  const known = new Map(catalogue.qualityAttributes.map((attribute) => [attribute.slug, attribute]));
  const found: Record<'output' | 'input', Map<string, DecidingAttribute[]>> = { output: new Map(), input: new Map() };
  const add = (side: 'output' | 'input', category: string, slug: string, levels: number[]): void => {
    const attributes = found[side].get(category) ?? [];
    const same = attributes.find((attribute) => attribute.slug === slug);
    if (same === undefined) attributes.push({ slug, levels });
    else same.levels = [...new Set([...same.levels, ...levels])].slice(0, 3);
    found[side].set(category, attributes);
  };
  const levelsOf = (attribute: string, value: Condition['value']): number[] => {
    const { type, values = [] } = known.get(attribute) ?? { type: 'number' };
    if (type === 'boolean') return [0, 1];
    if (type === 'choice') return values.map((_, at) => at).slice(0, 3);
    return typeof value === 'number' ? [value / 2, value * 2] : COMPARED_LEVELS;
  };
  for (const { output, input, conditions } of [...catalogue.substitutions, ...catalogue.refusals]) {
    for (const condition of conditions) {
      if (!known.has(condition.attribute)) continue; // hazard and waste code stand on every flow
      add(condition.side, condition.side === 'output' ? output : input, condition.attribute, levelsOf(condition.attribute, condition.value));
      if (typeof condition.value === 'object' && !Array.isArray(condition.value)) {
        const { side, attribute } = condition.value;
        add(side, side === 'output' ? output : input, attribute, levelsOf(attribute, condition.value));
      }
    }
  }
  return found;
}
