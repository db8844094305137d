import type { MonthBody, MonthShare } from './month.dto.js';

/** A figure as a row of a spreadsheet; texts stand where there is no number to give, and say why. */
export interface TableRow {
  section: string;
  figure: string;
  value: number | string;
  low: number | null;
  high: number | null;
  of: number | null;
  unit: string;
}

export type Say = (key: string, values?: Record<string, string | number>) => string;

/** The month as rows, in the order of the page. @param language for labels of categories */
export function monthTable(month: MonthBody, say: Say, language: 'fr' | 'en'): TableRow[] {
  const rows: TableRow[] = [];
  const add = (section: string, figure: string, value: number | string | null, unit = '', more: Partial<TableRow> = {}): void => {
    rows.push({ section: say(`section.${section}`), figure, value: value ?? say(month.smallKeptBack ? 'kept-back' : 'unknown'), low: null, high: null, of: null, unit: unit === '' ? '' : unit, ...more });
  };
  const addShare = (section: string, figure: string, { share, low, high, of, missing }: MonthShare): void => {
    add(section, figure, share ?? (missing === null ? say('kept-back') : say('too-few', { missing })), say('unit.share'), { low, high, of });
  };
  add('week', say('runs.published'), month.runs.published);
  add('week', say('runs.failed'), month.runs.failed);
  for (const { week, listed, audit, budget } of month.lists) {
    add('list', say('list.listed', { week }), listed);
    add('list', say('list.audit', { week }), audit);
    add('list', say('list.budget', { week }), budget ?? say('unknown'));
  }
  for (const name of ['accepted', 'rejected', 'snoozed', 'cannotSay'] as const) add('decision', say(`decisions.${name}`), month.decisions[name]);
  for (const name of ['acceptance', 'bothInterested', 'realised', 'knowablePrecision', 'auditAcceptance'] as const) addShare('quality', say(name), month[name]);
  const { expected, observed } = month.expectation;
  addShare('quality', say('expectation.observed'), observed);
  add('quality', say('expectation.expected'), expected ?? (observed.missing === null ? say('kept-back') : observed.of === 0 ? say('expectation.none') : say('too-few', { missing: observed.missing })), say('unit.share'), { of: observed.of });
  add('quality', say('agreement'), say('agreement.none'));
  const { reviews, dataAge } = month;
  const measured = (value: number | null): number | string => value ?? (reviews.missing === null ? say('kept-back') : say('too-few', { missing: reviews.missing }));
  add('quality', say('reviews.minutes'), measured(reviews.minutes), say('unit.minutes'), { of: reviews.count });
  add('quality', say('reviews.goodLeadsPerHour'), measured(reviews.goodLeadsPerHour), say('unit.perHour'), { of: reviews.count });
  add('quality', say('dataAge.medianDays'), dataAge.medianDays, say('unit.days'), { of: dataAge.leads });
  add('quality', say('dataAge.ninthDecileDays'), dataAge.ninthDecileDays, say('unit.days'), { of: dataAge.leads });
  for (const name of ['repeatsOfRejected', 'contactsBeforeApproval'] as const) add('promise', say(name), month[name]);
  for (const { category, categoryLabel, label, count } of month.reasons) {
    add('reason', category === null ? say('reason', { label }) : say('reason.of', { category: categoryLabel?.[language] ?? category, label }), count);
  }
  for (const name of ['contact', 'bothInterested', 'realised'] as const) {
    const { count, medianDays } = month.delays[name];
    add('delay', say(`delay.${name}`), medianDays ?? (count === 0 ? say('unknown') : null), say('unit.days'), { of: count });
  }
  for (const name of ['begun', 'running', 'potential'] as const) {
    const { count, quantities, euros, co2eTonnes, withoutQuantity } = month.impact[name];
    add(name, say('impact.count'), count);
    for (const { unit, quantity } of quantities) add(name, say('impact.quantity'), quantity, unit);
    add(name, say('impact.euros'), euros ?? (count === null ? null : say('unknown')), say('unit.euros'));
    // Nothing is said of the CO2e of what has not happened: no factor is known for it.
    if (name !== 'potential') add(name, say('impact.co2eTonnes'), co2eTonnes ?? (count === null ? null : say('unknown')), say('unit.t'));
    add(name, say('impact.withoutQuantity'), withoutQuantity);
  }
  for (const row of month.families) {
    const family = say(`family.${row.family ?? 'others'}`);
    add('family', say('family.shown', { family }), row.shown);
    addShare('family', say('family.acceptance', { family }), row.acceptance);
    add('family', say('family.bothInterested', { family }), row.bothInterested);
    add('family', say('family.realised', { family }), row.realised);
  }
  for (const { label, removed, low, high } of month.funnel) add('gate', label, removed, '', { low: low ?? null, high: high ?? null });
  return rows;
}
