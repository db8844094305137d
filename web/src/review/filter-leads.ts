import type { ListItem } from '../api/types';

/** What of the list is on screen; an empty one shows everything. */
export interface LeadFilter {
  /** Of the output. */
  family: string | null;
  /** At most so far; leads whose distance is unknown are left out. */
  maxKm: number | null;
  /** In the name of either company, or in what flows; accents and case do not matter. */
  words: string;
}

export const NO_FILTER: LeadFilter = { family: null, maxKm: null, words: '' };

type Filtered = Pick<ListItem, 'distanceKm'> & Record<'output' | 'input', { company: string; label: string; family: string | null }>;

export function filtersAnything({ family, maxKm, words }: LeadFilter): boolean {
  return family !== null || maxKm !== null || words.trim() !== '';
}

/** The leads that pass, in their order. */
export function filterLeads<Item extends Filtered>(items: readonly Item[], { family, maxKm, words }: LeadFilter): Item[] {
  const wanted = folded(words).split(/\s+/).filter(Boolean);
  return items.filter(({ output, input, distanceKm }) => {
    if (family !== null && output.family !== family) return false;
    if (maxKm !== null && (distanceKm === null || distanceKm > maxKm)) return false;
    const text = folded([output.company, input.company, output.label, input.label].join(' '));
    return wanted.every((word) => text.includes(word));
  });
}

/** Families of the outputs that the list holds, each once, in the list's order. */
export function familiesOf(items: readonly Filtered[]): string[] {
  return [...new Set(items.flatMap(({ output }) => output.family ?? []))];
}

function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{Diacritic}/gu, '').toLowerCase();
}
