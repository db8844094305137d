import { pseudonym } from '../companies/pseudonym.js';
import type { Knowledge } from '../resources/knowledge.js';
import { choiceLabel, unitSign } from '../resources/quality-words.js';
import type { FlowDetail, MoneyAtStake, PseudonymousFlow, QualityText } from './candidate.dto.js';
import type { CandidateRow, SideRow, StandingRow } from './candidate-rows.queries.js';
import { reasonOf } from './reasons.js';
import type { DecisionView, FlowBrief, PersonBrief } from './review.dto.js';
import type { ReviewWords } from './words.js';

/** What turning rows into views needs: the reader's language, who reads, and what day it is. */
export interface Reader {
  words: ReviewWords;
  knowledge: Knowledge;
  personId: string | null;
  territoryId: string;
  /** `YYYY-MM-DD` in the territory's time zone. */
  today: string;
}

const DAY_MS = 86_400_000;

function person(id: string | null, name: string | null): PersonBrief | null {
  return id === null ? null : { id, name: name ?? '–' };
}

/** Whose lead it is. */
export function assigneeOf(row: CandidateRow): PersonBrief | null {
  return person(row.assignedTo, row.assigneeName);
}

export function flowBrief(side: SideRow, reader: Reader): FlowBrief {
  const category = reader.knowledge.category(side.category);
  return {
    flowId: side.flowId, companyId: side.companyId, company: side.companyName, commune: side.commune,
    territory: side.territoryId === reader.territoryId ? null : side.territory,
    category: side.category, label: category?.label[reader.words.language] ?? side.category, family: category?.family ?? null,
    description: side.description, quantity: side.quantity, unit: category?.baseUnit ?? '', referent: person(side.referentId, side.referentName),
  };
}

function ageDays(day: string, today: string): number {
  return Math.max(0, Math.round((Date.parse(`${today}T00:00:00Z`) - Date.parse(`${day}T00:00:00Z`)) / DAY_MS));
}

export function flowDetail(side: SideRow, reader: Reader): FlowDetail {
  return {
    ...flowBrief(side, reader), version: side.version, siteId: side.siteId, siteName: side.siteName, address: side.address, postcode: side.postcode,
    latitude: side.latitude, longitude: side.longitude, siren: side.siren, naf: side.naf, quantityEntered: side.quantityEntered,
    provenance: side.provenance, minimumLot: side.minimumLot, months: side.months, quality: side.quality, qualities: qualityTexts(side, reader), hazardous: side.hazardous,
    wasteCode: side.wasteCode, codeOrigin: side.wasteCodeOrigin, wish: side.wish, confirmedOn: side.confirmedOn,
    ageDays: ageDays(side.confirmedOn, reader.today), withdrawn: side.withdrawn, presentOutlet: side.presentOutlet, presentCost: side.presentCost,
    contractEndsOn: side.contractEndsOn, permitRegime: side.permitRegime, permitHeadings: side.permitHeadings, hazardousPermitted: side.hazardousPermitted,
  };
}

/** What is known of a flow's quality, in the order of the catalogue. */
function qualityTexts({ quality }: SideRow, { knowledge, words }: Reader): QualityText[] {
  return knowledge.catalogue.qualityAttributes.flatMap((attribute): QualityText[] => {
    const value = quality[attribute.slug];
    if (value === undefined) return [];
    const text = typeof value === 'boolean' ? words.say(value ? 'quality.yes' : 'quality.no')
      : typeof value === 'number' ? `${words.number(value, 2)} ${unitSign(attribute.unit)}`.trim() : choiceLabel(attribute, value)[words.language];
    return [{ label: attribute.label[words.language], value: text }];
  });
}

/** Nothing that leads to the company: no name, place, description, outlet or id. */
export function pseudonymousFlow(side: SideRow, reader: Reader): PseudonymousFlow {
  const { category, label, family, quantity, unit } = flowBrief(side, reader);
  return {
    company: pseudonym(side.territoryId, side.companyId), category, label, family, quantity, unit, provenance: side.provenance, months: side.months,
    hazardous: side.hazardous, wasteCode: side.wasteCode, codeOrigin: side.wasteCodeOrigin, wish: side.wish, ageDays: ageDays(side.confirmedOn, reader.today),
  };
}

/**
 * A lead with its distance in whole km: to the metre, it would tell which two sites of a map they are. The words and
 * features are made of it.
 */
export function withCoarseDistance(row: CandidateRow): CandidateRow {
  const { distanceKm } = row.features;
  return {
    ...row, distanceKm: row.distanceKm === null ? null : Math.round(row.distanceKm),
    features: distanceKm === undefined ? row.features : { ...row.features, distanceKm: Math.round(distanceKm) },
  };
}

/**
 * A decision as this reader may see it: what was said about people, not flows, is for the one who said it; to everybody
 * else the pair was discussed on a day. Comments may hold names and are kept from people on pseudonyms.
 */
export function decisionView(decision: StandingRow, reader: Reader, pseudonymous = false): DecisionView {
  const reason = decision.reason === null ? undefined : reasonOf(decision.reason);
  const decidedAt = new Date(decision.decidedAt).toISOString();
  const own = decision.personId === reader.personId && !pseudonymous;
  if (reason?.discreet === true && !own) {
    return { id: decision.id, verdict: 'discussed', reason: null, reasonLabel: null, comment: null, snoozeUntil: null, decidedAt, by: null };
  }
  return {
    id: decision.id, verdict: decision.verdict, reason: decision.reason, reasonLabel: reason === undefined ? null : reader.words.reason(reason.slug),
    comment: pseudonymous ? null : decision.comment, snoozeUntil: decision.snoozeUntil, decidedAt,
    by: pseudonymous ? null : person(decision.personId, decision.personName),
  };
}

/** Share of the need that the output covers, 0 to 1; null: a quantity is unknown. */
export function coveredShare(row: CandidateRow): number | null {
  const gap = row.features.logNeedOverSupply;
  return gap === undefined || gap === null ? null : Math.min(1, Math.exp(-gap));
}

/**
 * Present cost × quantity of each side, for the quantity that can change hands where both are known; null: no cost is known.
 * @param yieldOfOne units of the need from one unit of the output
 * @param pseudonymous two significant digits only: with the exact amount a company's price could be worked out
 */
export function moneyAtStake(output: SideRow, input: SideRow, yieldOfOne: number, words: ReviewWords, pseudonymous = false): MoneyAtStake | null {
  const rounded = (euros: number): number => (pseudonymous ? Number(euros.toPrecision(2)) : Math.round(euros));
  const exchanged = output.quantity === null || input.quantity === null ? null : Math.min(output.quantity, input.quantity / yieldOfOne);
  const yearly = (cost: number | null, quantity: number | null): number | null => (cost === null || quantity === null ? null : rounded(cost * quantity));
  const ofOutput = yearly(output.presentCost, exchanged ?? output.quantity);
  const ofInput = yearly(input.presentCost, exchanged === null ? input.quantity : exchanged * yieldOfOne);
  const amounts = [ofOutput, ofInput].filter((amount) => amount !== null);
  if (amounts.length === 0) return null;
  const tell = (side: 'output' | 'input', amount: number | null): string[] =>
    (amount === null ? [] : [words.say(`money.${side}${amount < 0 ? '-earns' : ''}`, { amount: words.number(Math.abs(amount), 0) })]);
  return { amount: rounded(amounts.reduce((sum, amount) => sum + amount, 0)), output: ofOutput, input: ofInput, sentence: [...tell('output', ofOutput), ...tell('input', ofInput)].join(' ; ') };
}
