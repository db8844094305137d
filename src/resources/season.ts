import type { Checked } from './quantity.js';
import { foldAccents } from './words.js';

/** All twelve months: bit 0 January … bit 11 December. */
export const ALL_YEAR = 0b1111_1111_1111;

const MONTHS: readonly (readonly string[])[] = [
  ['janvier', 'january', 'janv', 'jan', '01', '1'],
  ['fevrier', 'february', 'fevr', 'fev', 'feb', '02', '2'],
  ['mars', 'march', 'mar', '03', '3'],
  ['avril', 'april', 'avr', 'apr', '04', '4'],
  ['mai', 'may', '05', '5'],
  ['juin', 'june', 'jun', '06', '6'],
  ['juillet', 'july', 'juil', 'jul', '07', '7'],
  ['aout', 'august', 'aug', '08', '8'],
  ['septembre', 'september', 'sept', 'sep', '09', '9'],
  ['octobre', 'october', 'oct', '10'],
  ['novembre', 'november', 'nov', '11'],
  ['decembre', 'december', 'dec', '12'],
];

/** Meteorological seasons and the ways to say "always". */
const SPANS: ReadonlyMap<string, number> = new Map([
  ...["toute l'annee", 'toute annee', "tout l'annee", 'annee', 'annuel', 'permanent', 'continu', 'en continu', 'all year', 'year round', 'all', 'tous', 'tous les mois', '1-12'].map((word) => [word, ALL_YEAR] as const),
  ...['hiver', 'winter'].map((word) => [word, range(11, 1)] as const),
  ...['printemps', 'spring'].map((word) => [word, range(2, 4)] as const),
  ...['ete', 'summer'].map((word) => [word, range(5, 7)] as const),
  ...['automne', 'autumn', 'fall'].map((word) => [word, range(8, 10)] as const),
]);

/**
 * The months in which a flow runs, as a 12-bit mask: `mars-octobre`, `jan;fev`, `de novembre à février` (over New
 * Year), `1-6`, `été`, `toute l'année`.
 * @returns a mask that is never 0, or what was found and expected; an empty text is no season and is refused: the
 *   caller keeps it as unknown
 */
export function parseSeason(text: string): Checked<number> {
  const folded = foldAccents(text).replaceAll(/[–—]/g, '-').replaceAll(/\s+/g, ' ').trim();
  const wrong = (found: string): Checked<number> => ({
    ok: false,
    problem: { part: 'months', found: found || 'nothing', expected: "months such as mars-octobre, jan;fev, 1-6, été or toute l'année" },
  });
  if (folded === '') return wrong('');
  const whole = SPANS.get(folded);
  if (whole !== undefined) return { ok: true, value: whole };
  let mask = 0;
  for (const part of folded.split(/[;,+/|]| et | and /)) {
    const piece = part.trim();
    const bits = readPart(piece);
    if (bits === null) return wrong(piece || text.trim());
    mask |= bits;
  }
  return { ok: true, value: mask };
}

function readPart(part: string): number | null {
  const span = SPANS.get(part);
  if (span !== undefined) return span;
  const match = /^(?:de |d'|du |from )?([a-z0-9.]+)\s*(?:-|\ba\b|\bau\b|\bto\b|\bjusqu'(?:a|en)\b)\s*([a-z0-9.]+)$/.exec(part);
  if (match) {
    const [first, last] = [monthIndex(match[1] ?? ''), monthIndex(match[2] ?? '')];
    return first === null || last === null ? null : range(first, last);
  }
  const single = monthIndex(part);
  return single === null ? null : 1 << single;
}

function monthIndex(word: string): number | null {
  const bare = word.replace(/\.$/, '');
  const index = MONTHS.findIndex((names) => names.includes(bare));
  return index === -1 ? null : index;
}

/** Bits from one month to another, over New Year when the first is the later. */
function range(first: number, last: number): number {
  let mask = 0;
  for (let month = first; ; month = (month + 1) % 12) {
    mask |= 1 << month;
    if (month === last) return mask;
  }
}

/** Months set in a mask, 0 to 12. */
export function monthCount(mask: number): number {
  let count = 0;
  for (let bits = mask & ALL_YEAR; bits !== 0; bits &= bits - 1) count++;
  return count;
}

/** The months as numbers, 1 January to 12 December. */
export function monthsOf(mask: number): number[] {
  return Array.from({ length: 12 }, (_unused, index) => index + 1).filter((month) => (mask & (1 << (month - 1))) !== 0);
}

/** Back to words that `parseSeason` reads: `mars-octobre`, `janvier;avril`, `toute l'année`; empty for an empty mask. */
export function formatSeason(mask: number, language: 'fr' | 'en' = 'fr'): string {
  if ((mask & ALL_YEAR) === ALL_YEAR) return language === 'fr' ? "toute l'année" : 'all year';
  const has = (index: number): boolean => (mask & (1 << ((index + 12) % 12))) !== 0;
  const parts: string[] = [];
  for (let start = 0; start < 12; start++) {
    if (!has(start) || has(start - 1)) continue;
    let end = start;
    while (has(end + 1)) end++;
    const [from, to] = [NAMES[language][start], NAMES[language][end % 12]];
    parts.push(from === to ? `${from}` : `${from}-${to}`);
  }
  return parts.join(';');
}

const NAMES = {
  fr: ['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre', 'octobre', 'novembre', 'décembre'],
  en: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
} as const;
