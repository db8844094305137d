import { checkCatalogue, type EntrySources } from './check-catalogue.js';
import { EntryReader, entryName, SLUG } from './json-reader.js';
import { parseNaf } from './naf.js';
import {
  type AttributeWords, BASE_UNITS, type Condition, CONDITION_OPERATORS, type Evidence, FAMILIES, FORMS, type QualityAttribute, type ResourceCatalogue,
  type ResourceCategory, ROUTES, SANITARY_CLASSES, type Substitution, TRANSPORT_KINDS, TREATMENTS,
} from './resource-catalogue.js';
import { spreadRefusal, type WrittenRefusal } from './spread-refusal.js';
import { parseWasteCodes } from './waste-code.js';

export { parseNaf, parseWasteCodes };

const SIDES = ['output', 'input'] as const;
const ATTRIBUTE_TYPES = ['number', 'boolean', 'choice'] as const;
const EVIDENCE_KINDS = ['implemented', 'planned', 'study', 'standard', 'expert'] as const;
const CPA = /^\d\d(\.\d{1,2}(\.\d{1,2})?)?$/;
const HS = /^\d{4}(\d\d)?$/;
const NAF_PREFIX = /^\d\d(\.\d{1,2}[A-Z]?)?$/;

/** One file of the knowledge: its name for the messages, and its JSON. */
export interface KnowledgeFile {
  name: string;
  json: unknown;
}

/**
 * The resource catalogue from the JSON of `config/knowledge/*.json`: each file may hold any of the four lists, and an
 * entry may speak of leaves of another file.
 * @throws KnowledgeFileError with file, entry, found and expected, at the first entry that breaks a rule: wrong or
 *   unknown field, doubled slug, unknown leaf or attribute, affinity outside (0, 1], yield not above 0, a condition of
 *   the wrong type, a word that states two values, `replacedBy` to nowhere or in a circle, the same entry twice, an
 *   always-true refusal of a pair that has a substitution.
 */
export function parseResourceCatalogue(files: readonly KnowledgeFile[]): ResourceCatalogue {
  const sources: EntrySources = new Map();
  const catalogue: ResourceCatalogue = { qualityAttributes: [], categories: [], substitutions: [], refusals: [] };
  const written: WrittenRefusal[] = [];
  for (const { name, json } of files) {
    const reader = new EntryReader(name, 'document', json);
    const each = <T extends object>(list: string, read: (entry: EntryReader) => T, into: T[]): void => {
      if (!reader.has(list)) return;
      for (const entry of reader.objects(list, entryName(list))) {
        const value = read(entry);
        sources.set(value, { file: entry.file, entry: entry.entry });
        into.push(value);
      }
    };
    each('qualityAttributes', readAttribute, catalogue.qualityAttributes);
    each('categories', readCategory, catalogue.categories);
    each('substitutions', readSubstitution, catalogue.substitutions);
    each('refusals', readRefusal, written);
    reader.close();
  }
  for (const refusal of written) {
    for (const single of spreadRefusal(refusal, catalogue)) {
      sources.set(single, sources.get(refusal) ?? { file: '', entry: single.slug });
      catalogue.refusals.push(single);
    }
  }
  checkCatalogue(catalogue, sources);
  return catalogue;
}

function readAttribute(reader: EntryReader): QualityAttribute {
  const attribute: QualityAttribute = { slug: reader.slug('slug'), label: reader.labels('label'), type: reader.oneOf('type', ATTRIBUTE_TYPES) };
  if (attribute.type === 'number') attribute.unit = reader.text('unit');
  if (attribute.type === 'choice') {
    attribute.values = reader.texts('values');
    if (attribute.values.length < 2) reader.refuse('values', 'at least two values');
  }
  if (reader.has('words')) attribute.words = reader.objects('words').map((words) => readWords(words, attribute));
  reader.close();
  return attribute;
}

function readWords(reader: EntryReader, { type, values }: QualityAttribute): AttributeWords {
  const words: AttributeWords = { fr: reader.texts('fr'), en: reader.texts('en') };
  if (type === 'boolean') words.value = reader.boolean('value');
  if (type === 'choice') words.value = reader.oneOf('value', values ?? []);
  reader.close();
  return words;
}

function readCategory(reader: EntryReader): ResourceCategory {
  const synonyms = reader.object('synonyms');
  const typicalNaf = reader.object('typicalNaf');
  const positive = (value: number): boolean => value > 0;
  const soft = reader.number('softDistanceKm', positive, 'km above 0');
  const category: ResourceCategory = {
    slug: reader.slug('slug'),
    family: reader.oneOf('family', FAMILIES),
    label: reader.labels('label'),
    synonyms: { fr: synonyms.texts('fr'), en: synonyms.texts('en') },
    form: reader.oneOf('form', FORMS),
    baseUnit: reader.oneOf('baseUnit', BASE_UNITS),
    ...(reader.has('density') ? { density: readDensity(reader.object('density')) } : {}),
    usualWasteCodes: reader.texts('usualWasteCodes', /^\d{6}$/, 'waste codes of six digits without spaces'),
    usualCpa: reader.texts('usualCpa', CPA, 'CPA codes such as 10.51.55'),
    usualHs: reader.texts('usualHs', HS, 'HS codes of four or six digits'),
    transport: reader.oneOf('transport', TRANSPORT_KINDS),
    softDistanceKm: soft,
    hardDistanceKm: reader.number('hardDistanceKm', (value) => value >= soft && value <= 20_000, `km from softDistanceKm (${soft}) to 20000`),
    ...(reader.has('pipeReach') ? { pipeReach: readPipeReach(reader) } : {}),
    sanitaryClass: reader.oneOf('sanitaryClass', SANITARY_CLASSES),
    attributes: reader.texts('attributes'),
    typicalNaf: {
      source: typicalNaf.texts('source', NAF_PREFIX, 'NAF prefixes such as 10, 10.5 or 10.51'),
      user: typicalNaf.texts('user', NAF_PREFIX, 'NAF prefixes such as 10, 10.5 or 10.51'),
    },
    ...(reader.has('hazardousByNature') ? { hazardousByNature: reader.boolean('hazardousByNature') } : {}),
    ...(reader.has('replacedBy') ? { replacedBy: reader.slug('replacedBy') } : {}),
  };
  for (const part of [synonyms, typicalNaf, reader]) part.close();
  return category;
}

function readDensity(reader: EntryReader): NonNullable<ResourceCategory['density']> {
  const min = reader.number('min', (value) => value > 0, 't/m³ above 0');
  const typical = reader.number('typical', (value) => value >= min, `t/m³ from min (${min}) on`);
  const max = reader.number('max', (value) => value >= typical && value <= 25, `t/m³ from typical (${typical}) to 25`);
  reader.close();
  return { min, typical, max };
}

function readPipeReach(reader: EntryReader): NonNullable<ResourceCategory['pipeReach']> {
  const rows = reader.objects('pipeReach').map((row) => {
    const upTo = row.raw('upTo') === null ? null : row.number('upTo', (value) => value > 0, 'a quantity a year above 0, or null in the last row');
    const softKm = row.number('softKm', (value) => value > 0, 'km above 0');
    const hardKm = row.number('hardKm', (value) => value >= softKm, `km from softKm (${softKm}) on`);
    row.close();
    return { upTo, hardKm, softKm };
  });
  rows.forEach((row, index) => {
    const next = rows[index + 1];
    if (!next) return;
    const ascending = row.upTo !== null && (next.upTo === null || next.upTo > row.upTo);
    if (!ascending) reader.refuse('pipeReach', 'rows ascending in upTo, null in the last only');
    // A larger flow never reaches less far: the search prunes on it.
    if (next.hardKm < row.hardKm || next.softKm < row.softKm) reader.refuse('pipeReach', 'distances that never shrink as the flow grows');
  });
  if (rows.length === 0) reader.refuse('pipeReach', 'at least one row, or no pipeReach');
  return rows;
}

function readCondition(reader: EntryReader): Condition {
  const raw = reader.raw('value');
  let value: Condition['value'];
  if (Array.isArray(raw)) value = reader.texts('value');
  else if (raw !== null && typeof raw === 'object') {
    const other = reader.object('value');
    value = { side: other.oneOf('side', SIDES), attribute: other.text('attribute') };
    other.close();
  } else if (typeof raw === 'boolean' || typeof raw === 'string' || (typeof raw === 'number' && Number.isFinite(raw))) value = raw;
  else return reader.refuse('value', 'a number, true or false, a text, a list of texts, or {side, attribute}');
  const condition: Condition = { side: reader.oneOf('side', SIDES), attribute: reader.text('attribute'), op: reader.oneOf('op', CONDITION_OPERATORS), value };
  if (reader.has('unit')) condition.unit = reader.text('unit');
  reader.close();
  return condition;
}

function readEvidence(reader: EntryReader): Evidence {
  const kind = reader.oneOf('kind', EVIDENCE_KINDS);
  const counted = kind !== 'standard' && kind !== 'expert';
  const evidence: Evidence = {
    kind,
    cases: reader.number('cases', (value) => Number.isInteger(value) && value >= 0 && (counted || value === 0), counted ? 'a whole number from 0' : `0 (a ${kind} counts no cases)`),
    source: reader.text('source'),
  };
  if (reader.has('place')) evidence.place = reader.text('place');
  reader.close();
  return evidence;
}

function readSubstitution(reader: EntryReader): Substitution {
  const evidence = reader.objects('evidence').map(readEvidence);
  if (evidence.length === 0) reader.refuse('evidence', 'at least one piece of evidence');
  const substitution: Substitution = {
    slug: reader.slug('slug'),
    output: reader.slug('output'),
    input: reader.slug('input'),
    affinity: reader.number('affinity', (value) => value > 0 && value <= 1, 'a number above 0 and at most 1'),
    yield: reader.number('yield', (value) => value > 0, 'a number above 0'),
    conditions: reader.objects('conditions').map(readCondition),
    treatment: reader.oneOf('treatment', TREATMENTS),
    route: reader.oneOf('route', ROUTES),
    ...(reader.has('routeText') ? { routeText: reader.text('routeText') } : {}),
    evidence,
  };
  reader.close();
  return substitution;
}

function readRefusal(reader: EntryReader): WrittenRefusal {
  const refusal: WrittenRefusal = {
    slug: reader.slug('slug'),
    outputs: readLeaves(reader, 'output'),
    inputs: readLeaves(reader, 'input') ?? reader.refuse('input', 'a category or a list of them'),
    conditions: reader.objects('conditions').map(readCondition),
    reason: reader.labels('reason'),
    source: reader.text('source'),
  };
  if (refusal.outputs === null && !refusal.conditions.some(({ side }) => side === 'output')) reader.refuse('output', 'categories, where no condition on the output tells which');
  reader.close();
  return refusal;
}

/** One category, a list of them, or null for `any`. */
function readLeaves(reader: EntryReader, key: string): string[] | null {
  const value = reader.raw(key);
  if (value === 'any') return null;
  return Array.isArray(value) ? reader.texts(key, SLUG, 'slugs of categories, none twice') : [reader.slug(key)];
}
