import type { Refusal, ResourceCatalogue } from './resource-catalogue.js';

/** A refusal as it stands in a file: one row may keep several outputs out of several needs, for the same reason. */
export interface WrittenRefusal extends Omit<Refusal, 'output' | 'input'> {
  /** Null: any output that could bear the conditions, of those that a substitution leads to the input. */
  outputs: string[] | null;
  inputs: string[];
}

/**
 * One refusal a pair. A row about a single pair keeps its slug; else the pair is added to it.
 * @param catalogue its categories and substitutions say which outputs `any` stands for
 */
export function spreadRefusal({ outputs, inputs, ...rest }: WrittenRefusal, catalogue: Pick<ResourceCatalogue, 'categories' | 'substitutions'>): Refusal[] {
  const single = outputs?.length === 1 && inputs.length === 1;
  return inputs.flatMap((input) =>
    (outputs ?? possibleOutputs(rest, input, catalogue)).map((output) => ({ ...rest, slug: single ? rest.slug : `${rest.slug}--${output}--${input}`, output, input })));
}

/** Every flow may be hazardous or bear a waste code; other attributes only where the category lists them. */
const OF_EVERY_FLOW: ReadonlySet<string> = new Set(['hazardous', 'wasteCode']);

function possibleOutputs({ conditions }: Pick<Refusal, 'conditions'>, input: string, { categories, substitutions }: Pick<ResourceCatalogue, 'categories' | 'substitutions'>): string[] {
  const asked = conditions.filter(({ side, attribute }) => side === 'output' && !OF_EVERY_FLOW.has(attribute));
  const fed = new Set(substitutions.filter((entry) => entry.input === input).map(({ output }) => output));
  return categories.filter(({ slug, attributes }) => fed.has(slug) && asked.every(({ attribute }) => attributes.includes(attribute))).map(({ slug }) => slug);
}
