import { KnowledgeFileError, shown } from './json-reader.js';
import type { AttributeWords, Condition, QualityAttribute, ResourceCatalogue, ResourceCategory } from './resource-catalogue.js';
import { foldAccents, foldWords } from './words.js';

/** Where an entry was written: file, and list, place and slug in it. */
export type EntrySources = Map<object, { file: string; entry: string }>;

type Refuse = (key: string, found: string, expected: string) => never;

/**
 * What no single entry can know: that slugs are unique, that entries point to leaves and attributes that exist, and
 * that knowledge does not contradict itself.
 * @param sources every entry of the four lists
 * @throws KnowledgeFileError at the first rule that is broken
 */
export function checkCatalogue(catalogue: ResourceCatalogue, sources: EntrySources): void {
  const refuser = (entry: object): Refuse => (key, found, expected) => {
    const { file, entry: name } = sources.get(entry) ?? { file: 'knowledge', entry: 'entry' };
    throw new KnowledgeFileError(file, key === '' ? name : `${name}.${key}`, found, expected);
  };
  for (const list of ['qualityAttributes', 'categories', 'substitutions', 'refusals'] as const) {
    eachOnce<{ slug: string }>(catalogue[list], ({ slug }) => slug, (entry, first) => refuser(entry)('slug', `${entry.slug}, used by ${sources.get(first)?.file}, ${sources.get(first)?.entry}`, 'a slug that is used once'));
  }
  const attributes = new Map(catalogue.qualityAttributes.map((attribute) => [attribute.slug, attribute]));
  const leaves = new Map(catalogue.categories.map((category) => [category.slug, category]));
  for (const attribute of catalogue.qualityAttributes) checkWords(attribute, refuser(attribute));
  for (const category of catalogue.categories) checkCategory(category, refuser(category), leaves, attributes);
  checkNames(catalogue.categories, refuser);

  for (const list of ['refusals', 'substitutions'] as const) {
    for (const entry of catalogue[list]) {
      const refuse = refuser(entry);
      for (const side of ['output', 'input'] as const) {
        const leaf = leaves.get(entry[side]);
        if (!leaf) refuse(side, shown(entry[side]), 'the slug of a category');
        if (leaf?.replacedBy) refuse(side, `${entry[side]}, which is replaced`, `its successor ${leaf.replacedBy}`);
      }
      entry.conditions.forEach((condition, at) => checkCondition(condition, (key, ...rest) => refuse(`conditions[${at}].${key}`, ...rest), entry, leaves, attributes));
    }
    const content = ({ output, input, conditions }: (typeof catalogue)[typeof list][number]): string => `${output} to ${input} ${conditionKey(conditions)}`;
    eachOnce(catalogue[list], content, (entry, first) => refuser(entry)('', `the same pair with the same conditions as ${first.slug}`, 'each entry once'));
  }
  const always = new Map(catalogue.refusals.filter(({ conditions }) => conditions.length === 0).map((refusal) => [`${refusal.output} to ${refusal.input}`, refusal.slug]));
  for (const entry of catalogue.substitutions) {
    const refusal = always.get(`${entry.output} to ${entry.input}`);
    if (refusal) refuser(entry)('', `a substitution that the refusal ${refusal} always forbids`, 'one of the two, or conditions on the refusal');
  }
}

function eachOnce<T>(entries: readonly T[], key: (entry: T) => string, again: (entry: T, first: T) => never): void {
  const seen = new Map<string, T>();
  for (const entry of entries) {
    const first = seen.get(key(entry));
    if (first !== undefined) again(entry, first);
    seen.set(key(entry), entry);
  }
}

function conditionKey(conditions: readonly Condition[]): string {
  return conditions.map(({ side, attribute, op, value }) => JSON.stringify([side, attribute, op, value])).sort().join();
}

function checkCategory(category: ResourceCategory, refuse: Refuse, leaves: Map<string, ResourceCategory>, attributes: Map<string, QualityAttribute>): void {
  for (const slug of category.attributes) {
    if (!attributes.has(slug)) refuse('attributes', shown(slug), 'slugs of qualityAttributes');
  }
  const trail = new Set([category.slug]);
  for (let next = category.replacedBy; next !== undefined; next = leaves.get(next)?.replacedBy) {
    if (!leaves.has(next)) refuse('replacedBy', shown(next), 'the slug of a category');
    if (trail.has(next)) refuse('replacedBy', `a circle ${[...trail, next].join(' > ')}`, 'a chain that ends');
    trail.add(next);
  }
}

/** A label or synonym of two leaves could not be read from a file: which one would it be? */
function checkNames(categories: readonly ResourceCategory[], refuser: (entry: object) => Refuse): void {
  const owner = new Map<string, string>();
  for (const category of categories) {
    if (category.replacedBy) continue;
    for (const word of [category.label.fr, category.label.en, ...category.synonyms.fr, ...category.synonyms.en]) {
      const key = foldWords(word);
      const other = owner.get(key);
      if (other !== undefined && other !== category.slug) refuser(category)('synonyms', `${shown(word)}, also a name of ${other}`, 'names that belong to one category');
      owner.set(key, category.slug);
    }
  }
}

/** A word that states two values of one attribute states none. */
function checkWords({ type, words }: QualityAttribute, refuse: Refuse): void {
  if (words === undefined) return;
  if (type === 'number' && words.length !== 1) refuse('words', `${words.length} entries`, 'one entry for a number');
  const values = new Set(words.map(({ value }) => value));
  if (values.size !== words.length) refuse('words', 'a value twice', 'each value once');
  const owner = new Map<string, AttributeWords>();
  for (const entry of words) {
    for (const word of [...entry.fr, ...entry.en]) {
      const other = owner.get(foldAccents(word));
      if (other !== undefined && other !== entry) refuse('words', `${shown(word)} for ${other.value} and for ${entry.value}`, 'words that state one value');
      owner.set(foldAccents(word), entry);
    }
  }
}

function checkCondition(
  condition: Condition, refuse: Refuse, entry: { output: string; input: string },
  leaves: Map<string, ResourceCategory>, attributes: Map<string, QualityAttribute>,
): void {
  const { op, value } = condition;
  const equality = op === '=' || op === '!=';
  if (condition.attribute === 'hazardous') {
    if (!equality) refuse('op', op, '= or != for hazardous');
    if (typeof value !== 'boolean') refuse('value', shown(value), 'true or false for hazardous');
    return;
  }
  if (condition.attribute === 'wasteCode') {
    if (op !== 'in') refuse('op', op, 'in for wasteCode');
    if (!Array.isArray(value) || value.length === 0 || !value.every((prefix) => /^(\d\d){1,3}$/.test(prefix))) refuse('value', shown(value), 'a list of two, four or six digits for wasteCode');
    return;
  }
  const known = (slug: string, side: 'output' | 'input', key: string): QualityAttribute => {
    const attribute = attributes.get(slug);
    if (!attribute) return refuse(key, shown(slug), 'the slug of a quality attribute, hazardous or wasteCode');
    // A flow can only bear the attributes of its category; a condition on another would stay unknown for ever.
    if (!leaves.get(entry[side])?.attributes.includes(slug)) refuse(key, shown(slug), `an attribute of the category ${entry[side]}`);
    return attribute;
  };
  const attribute = known(condition.attribute, condition.side, 'attribute');
  if (attribute.type === 'number' ? op === 'in' : op === '>=' || op === '<=' || (attribute.type === 'boolean' && op === 'in')) {
    refuse('op', op, `an operator that fits a ${attribute.type}`);
  }
  if (condition.unit !== attribute.unit) refuse('unit', shown(condition.unit), attribute.unit ? `${attribute.unit}, the unit of ${attribute.slug}` : 'no unit');
  if (typeof value === 'object' && !Array.isArray(value)) {
    const other = known(value.attribute, value.side, 'value');
    const comparable = other.type === attribute.type && other.unit === attribute.unit && (attribute.type !== 'choice' || other.slug === attribute.slug) && op !== 'in';
    if (!comparable) refuse('value', shown(value), `an attribute that compares with ${attribute.slug}`);
    return;
  }
  checkValue(condition, attribute, refuse);
}

function checkValue({ op, value }: Condition, attribute: QualityAttribute, refuse: Refuse): void {
  if (attribute.type === 'number') {
    if (typeof value !== 'number') refuse('value', shown(value), `a number for ${attribute.slug}`);
  } else if (attribute.type === 'boolean') {
    if (typeof value !== 'boolean') refuse('value', shown(value), `true or false for ${attribute.slug}`);
  } else {
    const choices = op === 'in' ? value : [value];
    const fits = Array.isArray(choices) && choices.length > 0 && choices.every((choice) => typeof choice === 'string' && attribute.values?.includes(choice));
    if (!fits) refuse('value', shown(value), `${op === 'in' ? 'a list' : 'one'} of ${attribute.values?.join(', ')}`);
  }
}
