import { checkCatalogue } from './check-catalogue.js';
import { EntryReader, entryName } from './json-reader.js';
import { parseNaf } from './naf.js';
import {
  BASE_UNITS, type Condition, CONDITION_OPERATORS, type Evidence, FAMILIES, FORMS, type QualityAttribute, type Refusal, type ResourceCatalogue,
  type ResourceCategory, ROUTES, SANITARY_CLASSES, type Substitution, TRANSPORT_KINDS, TREATMENTS,
} from './resource-catalogue.js';
import { parseWasteCodes } from './waste-code.js';

export { parseNaf, parseWasteCodes };

const SIDES = ['output', 'input'] as const;
const ATTRIBUTE_TYPES = ['number', 'boolean', 'choice'] as const;
const EVIDENCE_KINDS = ['implemented', 'planned', 'study', 'standard', 'expert'] as const;
const CPA = /^\d\d(\.\d{1,2}(\.\d{1,2})?)?$/;
const HS = /^\d{4}(\d\d)?$/;
const NAF_PREFIX = /^\d\d(\.\d{1,2}[A-Z]?)?$/;

/**
 * The resource catalogue from the JSON of `config/resource-categories.json`.
 * @param file name for the messages
 * @throws KnowledgeFileError with file, entry, found and expected, at the first entry that breaks a rule: wrong or
 *   unknown field, doubled slug, unknown leaf or attribute, affinity outside (0, 1], yield not above 0, a condition of
 *   the wrong type, `replacedBy` to nowhere or in a circle, the same entry twice, an always-true refusal of a pair that
 *   has a substitution.
 */
export function parseResourceCatalogue(json: unknown, file: string): ResourceCatalogue {
  const reader = new EntryReader(file, 'document', json);
  const catalogue = {
    qualityAttributes: reader.objects('qualityAttributes', entryName('qualityAttributes')).map(readAttribute),
    categories: reader.objects('categories', entryName('categories')).map(readCategory),
    substitutions: reader.objects('substitutions', entryName('substitutions')).map(readSubstitution),
    refusals: reader.objects('refusals', entryName('refusals')).map(readRefusal),
  };
  reader.close();
  checkCatalogue(catalogue, file);
  return catalogue;
}

function readAttribute(reader: EntryReader): QualityAttribute {
  const attribute: QualityAttribute = { slug: reader.slug('slug'), label: reader.labels('label'), type: reader.oneOf('type', ATTRIBUTE_TYPES) };
  if (attribute.type === 'number') attribute.unit = reader.text('unit');
  if (attribute.type === 'choice') {
    attribute.values = reader.texts('values');
    if (attribute.values.length < 2) reader.refuse('values', 'at least two values');
  }
  reader.close();
  return attribute;
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

function readRefusal(reader: EntryReader): Refusal {
  const refusal: Refusal = {
    slug: reader.slug('slug'),
    output: reader.slug('output'),
    input: reader.slug('input'),
    conditions: reader.objects('conditions').map(readCondition),
    reason: reader.labels('reason'),
    source: reader.text('source'),
  };
  reader.close();
  return refusal;
}
