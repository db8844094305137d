import { isBlank, quote, readBoolean, readChoice, readDay, readNumber, readText } from '../companies/words.js';
import type { FieldError } from '../platform/problem.js';
import type { Knowledge } from '../resources/knowledge.js';
import { yearlyQuantity } from '../resources/quantity.js';
import type { ResourceCategory } from '../resources/resource-catalogue.js';
import { monthCount, parseSeason } from '../resources/season.js';
import { CategoryNames } from '../resources/category-names.js';
import { categorySuggester, strongest } from '../resources/suggest-category.js';
import { isWeakWasteCode, normaliseWasteCode } from '../resources/waste-code.js';
import { foldWords } from '../resources/words.js';
import { CODE_ORIGIN_WORDS, DIRECTION_WORDS, PROVENANCE_WORDS, REACH_WORDS, WISH_WORDS } from './flow-words.js';
import type { CodeOrigin, Flow } from './flows.entities.js';
import { draftQuality } from './quality-draft.js';

/** A quantity as a person writes it. */
export interface EnteredQuantity {
  value: number | string;
  /** `t`, `kg`, `m3`, `MWh`, `tep`… */
  unit: string;
  /** `year`, `month`, `week`, `day`…, or the French words; may stand in the unit too (`t/mois`); a year when neither says one. */
  period?: string | null;
}

/**
 * A flow in raw words, from a form, a program or a row of a file. Blank and absent are the same: unknown.
 * Closed lists take their own words or the French ones (`sortant`, `oui`, `estimé`).
 */
export interface FlowFields {
  /** Natural key within the territory. */
  ref: string;
  direction: string;
  /** Slug or name of a resource category; a synonym, or a clear description when this is blank, gives a suggestion, to be confirmed by a person. */
  category?: string | null;
  description?: string | null;
  quantity?: EnteredQuantity | null;
  provenance?: string | null;
  /** The same way: how much the other side must bring. */
  minimumLot?: EnteredQuantity | null;
  /** Numbers of months (1 to 12), or words such as `avril à octobre`. */
  months?: readonly number[] | string | null;
  /** By slug of the quality attribute. */
  quality?: Readonly<Record<string, unknown>> | null;
  hazardous?: boolean | string | null;
  wasteCode?: string | null;
  /** Absent: declared. */
  wasteCodeOrigin?: string | null;
  /** 0 to 1, kept for a suggested code only. */
  wasteCodeConfidence?: number | string | null;
  wish?: string | null;
  withheld?: boolean | string | null;
  reach?: string | null;
  sourcing?: boolean | string | null;
  presentOutlet?: string | null;
  /** € a base unit of the category. */
  presentCost?: number | string | null;
  contractEndsOn?: string | null;
  /** Absent: today. */
  confirmedOn?: string | null;
}

/** The columns of a flow that its words decide. */
export type FlowValues = Omit<Flow, 'id' | 'territoryId' | 'siteId' | 'version' | 'withdrawnAt' | 'updatedAt'>;

/** € a base unit, either way. */
const ABSURD_COST = 1e6;
const LONGEST_TEXT = 2000;
/** Nobody confirmed a flow before this, nor signs a contract to after it. */
const FIRST_DAY = '2000-01-01';
const LAST_DAY = '2100-12-31';

/** Collects refusals while the fields are read one by one. */
class Draft {
  readonly errors: FieldError[] = [];

  refuse(field: string, code: string, found: unknown, expected: string): null {
    this.errors.push({ field, code, found: quote(found), expected });
    return null;
  }

  text(field: string, value: string | null | undefined): string | null {
    const text = readText(value);
    if (text !== null && text.length > LONGEST_TEXT) return this.refuse(field, 'too-long', `${text.length} characters`, `at most ${LONGEST_TEXT} characters`);
    return text;
  }

  choice<Value extends string>(field: string, value: string | null | undefined, words: Readonly<Record<Value, readonly string[]>>): Value | null {
    if (isBlank(value)) return null;
    return readChoice(value, words) ?? this.refuse(field, 'unknown-word', value, `one of ${Object.keys(words).join(', ')}`);
  }

  boolean(field: string, value: boolean | string | null | undefined): boolean | null {
    if (isBlank(value)) return null;
    return readBoolean(value) ?? this.refuse(field, 'not-yes-or-no', value, 'true or false (oui, non)');
  }

  number(field: string, value: number | string | null | undefined, [low, high]: readonly [number, number], unit: string): number | null {
    if (isBlank(value)) return null;
    const number = readNumber(value);
    if (number === null) return this.refuse(field, 'not-a-number', value, `a number, ${unit}`);
    if (number < low || number > high) return this.refuse(field, 'absurd', value, `between ${low} and ${high} ${unit}`);
    return number;
  }

  day(field: string, value: string | null | undefined, last: string): string | null {
    if (isBlank(value)) return null;
    const day = readDay(value);
    if (day === null) return this.refuse(field, 'not-a-date', value, 'a day, 2026-12-31 or 31/12/2026');
    if (day > last) return this.refuse(field, last === LAST_DAY ? 'absurd' : 'in-the-future', value, `at the latest ${last}`);
    if (day < FIRST_DAY) return this.refuse(field, 'absurd', value, `at the earliest ${FIRST_DAY}`);
    return day;
  }
}

const namesOf = new WeakMap<Knowledge, CategoryNames>();

/** The index of names is made once for the knowledge of a process. */
function categoryNames(knowledge: Knowledge): CategoryNames {
  const known = namesOf.get(knowledge) ?? new CategoryNames(knowledge.catalogue.categories);
  namesOf.set(knowledge, known);
  return known;
}

/**
 * A slug or a label names a category; a synonym suggests one, until a person confirms it. Without a category the description
 * suggests one if its words are sure enough. A category that was written and is unknown is never replaced by a guess.
 */
function readCategory(draft: Draft, fields: FlowFields, direction: Flow['direction'] | null, knowledge: Knowledge): { category: ResourceCategory | null; origin: Flow['categoryOrigin'] } {
  const given = readText(fields.category);
  const words = given ?? readText(fields.description);
  const slug = words === null ? null : categoryNames(knowledge).find(words);
  const category = slug === null ? undefined : knowledge.category(slug);
  if (category && words !== null) {
    const named = given !== null && (knowledge.category(given.toLowerCase()) !== undefined || [category.label.fr, category.label.en].some((label) => foldWords(label) === foldWords(given)));
    return { category, origin: named ? 'declared' : 'suggested' };
  }
  const code = normaliseWasteCode(fields.wasteCode ?? '')?.code;
  const suggestions = words === null ? null : categorySuggester(knowledge).suggest({
    text: words, ...(direction === null ? {} : { direction }), ...(code !== undefined && knowledge.wasteCode(code) ? { wasteCode: code } : {}),
  });
  const sure = given === null && suggestions !== null ? strongest(suggestions) : null;
  if (sure !== null) return { category: sure, origin: 'suggested' };
  const near = suggestions?.categories.slice(0, 3).map((one) => one.category.slug).join(', ') ?? '';
  draft.refuse('category', given === null ? 'category-missing' : 'unknown-category', given,
    `the slug or the name of a resource category${near === '' ? '' : `; near: ${near}`}`);
  return { category: null, origin: 'declared' };
}

/**
 * Base units a year, and what was entered; null when nothing was given or it was refused.
 * @param months mask of the months in which a rate by the day, week or month runs; null: all year
 */
function readQuantity(draft: Draft, field: string, given: EnteredQuantity | null | undefined, category: ResourceCategory | null, months: number | null): { perYear: number; entered: string } | null {
  if (!given || (isBlank(given.value) && isBlank(given.unit))) return null;
  const value = readNumber(given.value);
  const unit = readText(given.unit);
  const period = readText(given.period);
  if (value === null) draft.refuse(`${field}.value`, isBlank(given.value) ? 'quantity-missing' : 'not-a-number', given.value, 'a number');
  else if (value <= 0) draft.refuse(`${field}.value`, 'not-positive', given.value, 'more than 0; leave it empty when unknown');
  if (unit === null) draft.refuse(`${field}.unit`, 'unit-missing', given.unit, 'a unit, such as t, m3 or MWh');
  if (value === null || value <= 0 || unit === null || !category) return null;
  const yearly = yearlyQuantity({ value, unit, period }, category, months === null ? {} : { activeMonths: monthCount(months) });
  if (!yearly.ok) {
    const { part, found, expected } = yearly.problem;
    return draft.refuse(part === 'months' ? 'months' : `${field}.${part}`, QUANTITY_CODES[part], found, expected);
  }
  // A yearly amount can underflow to nothing, which the database would refuse.
  if (!(yearly.value.perYear > 0)) return draft.refuse(`${field}.value`, 'absurd', given.value, 'an amount that is more than 0 a year');
  return { perYear: yearly.value.perYear, entered: period === null ? `${value} ${unit}` : `${value} ${unit}/${period}` };
}

const QUANTITY_CODES = { value: 'absurd', unit: 'unknown-unit', period: 'unknown-period', months: 'unknown-months' } as const;

function readMonths(draft: Draft, given: FlowFields['months']): number | null {
  if (given === null || given === undefined || isBlank(given) || given.length === 0) return null;
  if (typeof given === 'string') {
    const season = parseSeason(given);
    return season.ok ? season.value : draft.refuse('months', 'unknown-months', season.problem.found, season.problem.expected);
  }
  let mask = 0;
  for (const month of given) {
    if (!Number.isInteger(month) || month < 1 || month > 12) return draft.refuse('months', 'unknown-months', month, 'numbers of months, 1 to 12');
    mask |= 1 << (month - 1);
  }
  return mask;
}

interface CodeAndHazard {
  hazardous: boolean | null;
  wasteCode: string | null;
  wasteCodeOrigin: CodeOrigin | null;
  wasteCodeConfidence: number | null;
}

/**
 * The waste code and the hazard it tells of. A hazardous code makes the flow hazardous whatever its origin; a non-hazardous
 * one only when it is not weak (a suggestion, or an `xx xx 99`), since a weak code never opens a gate by itself.
 */
function readCodeAndHazard(draft: Draft, fields: FlowFields, knowledge: Knowledge, category: ResourceCategory | null, direction: Flow['direction']): CodeAndHazard {
  const said = draft.boolean('hazardous', fields.hazardous);
  const byNature = direction === 'output' && category?.hazardousByNature === true ? true : null;
  const none: CodeAndHazard = { hazardous: said ?? byNature, wasteCode: null, wasteCodeOrigin: null, wasteCodeConfidence: null };
  if (isBlank(fields.wasteCode)) return none;
  const written = normaliseWasteCode(fields.wasteCode ?? '');
  const code = written === null ? undefined : knowledge.wasteCode(written.code);
  if (!code) {
    draft.refuse('wasteCode', 'unknown-waste-code', fields.wasteCode, 'a code of the European List of Waste, such as 20 01 08');
    return none;
  }
  const origin = draft.choice('wasteCodeOrigin', fields.wasteCodeOrigin, CODE_ORIGIN_WORDS) ?? 'declared';
  const confidence = draft.number('wasteCodeConfidence', fields.wasteCodeConfidence, [0, 1], 'from 0 to 1');
  if (written?.star && !code.hazardous) {
    draft.refuse('wasteCode', 'star-on-a-code-without', fields.wasteCode, `${code.code} without a star, or the mirror code that is hazardous`);
  }
  if (code.hazardous && said === false) {
    draft.refuse('hazardous', 'contradicts-waste-code', `not hazardous, with waste code ${code.code}*`, 'hazardous, as the waste code says, or the mirror code that is not hazardous');
  }
  const weak = origin === 'suggested' || isWeakWasteCode(code.code);
  return {
    hazardous: said ?? (code.hazardous ? true : byNature ?? (weak ? null : false)),
    wasteCode: code.code,
    wasteCodeOrigin: origin,
    wasteCodeConfidence: origin === 'suggested' ? confidence : null,
  };
}

/**
 * Turns the raw words of a flow into its columns. Never throws; every refusal names the field, what was found and what was
 * expected. With errors the values are the part that was understood and must not be stored.
 * @param today day of the territory, `YYYY-MM-DD`: a confirmation cannot be later
 */
export function draftFlow(fields: FlowFields, knowledge: Knowledge, today: string): { values: FlowValues; errors: FieldError[] } {
  const draft = new Draft();
  const ref = readText(fields.ref);
  if (ref === null) draft.refuse('ref', 'missing', fields.ref, 'a reference of the flow, unique in the territory');
  else if (ref.length > 200) draft.refuse('ref', 'too-long', `${ref.length} characters`, 'at most 200 characters');
  const direction = draft.choice('direction', fields.direction, DIRECTION_WORDS);
  if (isBlank(fields.direction)) draft.refuse('direction', 'missing', fields.direction, 'output (sortant) or input (entrant)');
  const { category, origin } = readCategory(draft, fields, direction, knowledge);
  const months = readMonths(draft, fields.months);
  const quantity = readQuantity(draft, 'quantity', fields.quantity, category, months);
  const quality = draftQuality(fields.quality ?? {}, knowledge);
  draft.errors.push(...quality.errors);
  const values: FlowValues = {
    ref: ref ?? '',
    direction: direction ?? 'output',
    category: category?.slug ?? '',
    categoryOrigin: origin,
    description: draft.text('description', fields.description) ?? category?.label.fr ?? '',
    quantity: quantity?.perYear ?? null,
    quantityEntered: quantity?.entered ?? null,
    provenance: draft.choice('provenance', fields.provenance, PROVENANCE_WORDS),
    minimumLot: readQuantity(draft, 'minimumLot', fields.minimumLot, category, months)?.perYear ?? null,
    months,
    quality: quality.quality,
    ...readCodeAndHazard(draft, fields, knowledge, category, direction ?? 'output'),
    wish: draft.choice('wish', fields.wish, WISH_WORDS),
    withheld: draft.boolean('withheld', fields.withheld) ?? false,
    reach: draft.choice('reach', fields.reach, REACH_WORDS) ?? 'local',
    sourcing: draft.boolean('sourcing', fields.sourcing) ?? false,
    presentOutlet: draft.text('presentOutlet', fields.presentOutlet),
    presentCost: draft.number('presentCost', fields.presentCost, [-ABSURD_COST, ABSURD_COST], '€ a unit'),
    contractEndsOn: draft.day('contractEndsOn', fields.contractEndsOn, LAST_DAY),
    confirmedOn: draft.day('confirmedOn', fields.confirmedOn, today) ?? today,
  };
  return { values, errors: draft.errors };
}
