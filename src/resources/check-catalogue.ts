import { KnowledgeFileError, shown } from './json-reader.js';
import type { Condition, QualityAttribute, ResourceCatalogue, ResourceCategory } from './resource-catalogue.js';
import { foldWords } from './words.js';

/**
 * What no single entry can know: that slugs are unique, that entries point to leaves and attributes that exist, and
 * that knowledge does not contradict itself.
 * @throws KnowledgeFileError at the first rule that is broken
 */
export function checkCatalogue(catalogue: ResourceCatalogue, file: string): void {
  for (const list of ['qualityAttributes', 'categories', 'substitutions', 'refusals'] as const) checkSlugs(catalogue[list], list, file);
  const attributes = new Map(catalogue.qualityAttributes.map((attribute) => [attribute.slug, attribute]));
  const leaves = new Map(catalogue.categories.map((category) => [category.slug, category]));
  catalogue.categories.forEach((category, index) => checkCategory(category, `categories[${index}] (${category.slug})`, file, leaves, attributes));
  checkNames(catalogue.categories, file);

  const always = new Map<string, string>();
  for (const list of ['refusals', 'substitutions'] as const) {
    const seen = new Map<string, string>();
    catalogue[list].forEach((entry, index) => {
      const name = `${list}[${index}] (${entry.slug})`;
      for (const side of ['output', 'input'] as const) {
        const leaf = leaves.get(entry[side]);
        if (!leaf) throw new KnowledgeFileError(file, `${name}.${side}`, shown(entry[side]), 'the slug of a category');
        if (leaf.replacedBy) throw new KnowledgeFileError(file, `${name}.${side}`, `${entry[side]}, which is replaced`, `its successor ${leaf.replacedBy}`);
      }
      entry.conditions.forEach((condition, at) => checkCondition(condition, `${name}.conditions[${at}]`, file, entry, leaves, attributes));
      const pair = `${entry.output} to ${entry.input}`;
      const content = `${pair} ${conditionKey(entry.conditions)}`;
      const twin = seen.get(content);
      if (twin) throw new KnowledgeFileError(file, name, `the same pair with the same conditions as ${twin}`, 'each entry once');
      seen.set(content, entry.slug);
      if (list === 'refusals' && entry.conditions.length === 0) always.set(pair, entry.slug);
      const refusal = list === 'substitutions' ? always.get(pair) : undefined;
      if (refusal) throw new KnowledgeFileError(file, name, `a substitution that the refusal ${refusal} always forbids`, 'one of the two, or conditions on the refusal');
    });
  }
}

function conditionKey(conditions: readonly Condition[]): string {
  return conditions.map(({ side, attribute, op, value }) => JSON.stringify([side, attribute, op, value])).sort().join();
}

function checkSlugs(entries: readonly { slug: string }[], list: string, file: string): void {
  const seen = new Map<string, number>();
  entries.forEach((entry, index) => {
    const first = seen.get(entry.slug);
    if (first !== undefined) throw new KnowledgeFileError(file, `${list}[${index}].slug`, `${entry.slug}, used by ${list}[${first}]`, 'a slug that is used once');
    seen.set(entry.slug, index);
  });
}

function checkCategory(category: ResourceCategory, name: string, file: string, leaves: Map<string, ResourceCategory>, attributes: Map<string, QualityAttribute>): void {
  for (const slug of category.attributes) {
    if (!attributes.has(slug)) throw new KnowledgeFileError(file, `${name}.attributes`, shown(slug), 'slugs of qualityAttributes');
  }
  const trail = new Set([category.slug]);
  for (let next = category.replacedBy; next !== undefined; next = leaves.get(next)?.replacedBy) {
    if (!leaves.has(next)) throw new KnowledgeFileError(file, `${name}.replacedBy`, shown(next), 'the slug of a category');
    if (trail.has(next)) throw new KnowledgeFileError(file, `${name}.replacedBy`, `a circle ${[...trail, next].join(' > ')}`, 'a chain that ends');
    trail.add(next);
  }
}

/** A label or synonym of two leaves could not be read from a file: which one would it be? */
function checkNames(categories: readonly ResourceCategory[], file: string): void {
  const owner = new Map<string, string>();
  categories.forEach((category, index) => {
    if (category.replacedBy) return;
    for (const word of [category.label.fr, category.label.en, ...category.synonyms.fr, ...category.synonyms.en]) {
      const key = foldWords(word);
      const other = owner.get(key);
      if (other !== undefined && other !== category.slug) throw new KnowledgeFileError(file, `categories[${index}] (${category.slug}).synonyms`, `${shown(word)}, also a name of ${other}`, 'names that belong to one category');
      owner.set(key, category.slug);
    }
  });
}

function checkCondition(
  condition: Condition, name: string, file: string, entry: { output: string; input: string },
  leaves: Map<string, ResourceCategory>, attributes: Map<string, QualityAttribute>,
): void {
  const refuse = (key: string, found: string, expected: string): never => {
    throw new KnowledgeFileError(file, `${name}.${key}`, found, expected);
  };
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

function checkValue({ op, value }: Condition, attribute: QualityAttribute, refuse: (key: string, found: string, expected: string) => never): void {
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
