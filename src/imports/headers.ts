import { foldAccents } from '../resources/words.js';
import { BARE_HEADERS, type Column, type Kind, KIND_WORDS, KINDS, NEEDED } from './columns.js';

/** Their header → our column's key; an empty value or `-` leaves the column out. */
export type HeaderMapping = Readonly<Record<string, string>>;

export interface ReadHeaders {
  /** Null: these headers fit no kind of row. */
  kind: Kind | null;
  /** By position in the row; null: not one of ours, or said twice. */
  columns: (Column | null)[];
  /** Headers that were not understood, as written. */
  ignored: string[];
  /** What the kind needs and the headers lack, each as the French headers that would do. */
  missing: string[];
}

/** A header for comparing: lower case, without accents, signs as blanks. `Qté (t/an)` becomes `qte t an`. */
export function normaliseHeader(header: string): string {
  return foldAccents(header).replace(/[^a-z0-9]+/g, ' ').trim();
}

/** The kind that a word names: a sheet's name or a parameter; null when it names none. */
export function kindNamed(word: string): Kind | null {
  const wanted = normaliseHeader(word);
  return KINDS.find((kind) => KIND_WORDS[kind].some((other) => normaliseHeader(other) === wanted)) ?? null;
}

/** All ways to write the columns, looked up without regard to case, accents and signs. */
export class HeaderIndex {
  private readonly byHeader = new Map<string, Column>();
  private readonly byKey: Map<string, Column>;

  /** @param columns earlier ones win where two share a header */
  constructor(readonly columns: readonly Column[]) {
    this.byKey = new Map(columns.map((column) => [column.key, column]));
    const own = columns.flatMap((column) => [column.key, column.fr, column.en].map((header) => [header, column] as const));
    const others = columns.flatMap((column) => column.others.map((header) => [header, column] as const));
    for (const [header, column] of [...own, ...others]) {
      const normal = normaliseHeader(header);
      if (normal !== '' && !this.byHeader.has(normal)) this.byHeader.set(normal, column);
    }
  }

  column(key: string): Column | undefined {
    return this.byKey.get(key);
  }

  /** @param name a key or any header of a column */
  find(name: string): Column | undefined {
    return this.byKey.get(name) ?? this.byHeader.get(normaliseHeader(name));
  }

  /** Up to three columns whose headers look like this one, best first; for a preview, never used by itself. */
  near(header: string): Column[] {
    const wanted = pairsOf(normaliseHeader(header));
    const scores = new Map<Column, number>();
    for (const [name, column] of this.byHeader) scores.set(column, Math.max(scores.get(column) ?? 0, likeness(wanted, pairsOf(name))));
    return [...scores].filter(([, score]) => score >= 0.5).sort(([a, x], [b, y]) => y - x || (a.key < b.key ? -1 : 1)).slice(0, 3).map(([column]) => column);
  }
}

function pairsOf(text: string): Set<string> {
  const padded = ` ${text} `;
  return new Set(Array.from({ length: padded.length - 1 }, (_, index) => padded.slice(index, index + 2)));
}

/** Dice coefficient of pairs of letters, 0 to 1. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const pair of a) if (b.has(pair)) shared += 1;
  return (2 * shared) / (a.size + b.size);
}

/** Up to three of these texts that look most like the wanted one, for "expected" of an error. */
export function nearest(wanted: string, texts: Iterable<string>, least = 0.5): string[] {
  const pairs = pairsOf(normaliseHeader(wanted));
  const scored: (readonly [string, number])[] = [];
  for (const text of texts) {
    const score = likeness(pairs, pairsOf(normaliseHeader(text)));
    if (score >= least) scored.push([text, score]);
  }
  return scored.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 3).map(([text]) => text);
}

const PLACE_COLUMNS = ['latitude', 'longitude', 'commune', 'commune_code', 'address', 'postcode', 'site_name', 'permit_regime', 'permit_headings', 'hazardous_permitted'];

/** What the rows must be, since these columns are there: the most telling kind first. */
function kindOf(keys: ReadonlySet<string>): Kind | null {
  const any = (...wanted: string[]): boolean => wanted.some((key) => keys.has(key));
  if (any('output_flow') && any('input_flow')) return 'synergies';
  if (any('direction') && any('category', 'description')) return 'flows';
  const company = any('siren', 'siret', 'company_ref', 'company_name');
  if (any('siret', 'site_ref', 'company_name', 'company_ref', 'siren') && any(...PLACE_COLUMNS)) return 'sites';
  if (company && any('contact_name', 'contact_email')) return 'contacts';
  if (company && any('agreement_signed_on')) return 'agreements';
  if (any('siret', 'site_ref')) return 'sites';
  return company ? 'companies' : null;
}

/**
 * Tells what each column of a sheet is.
 * @param options.kind asked for, or told by the sheet's name; else the headers tell it
 */
export function readHeaders(headers: readonly string[], index: HeaderIndex, options: { kind?: Kind | null; mapping?: HeaderMapping } = {}): ReadHeaders {
  const mapping = new Map(Object.entries(options.mapping ?? {}).map(([header, key]) => [normaliseHeader(header), key.trim()]));
  const known = headers.map((header) => {
    const mapped = mapping.get(normaliseHeader(header));
    if (mapped === undefined) return index.find(header) ?? null;
    return mapped === '' || mapped === '-' ? null : index.find(mapped) ?? null;
  });
  const leftOut = (header: string): boolean => ['', '-'].includes(mapping.get(normaliseHeader(header)) ?? 'kept');
  const bare = (kind: Kind, header: string): string | undefined => {
    const names = BARE_HEADERS[kind];
    const normal = normaliseHeader(header);
    return Object.hasOwn(names, normal) ? names[normal] : undefined;
  };
  const keys = new Set(known.flatMap((column) => (column ? [column.key] : [])));
  // A bare "Nom" may be what makes a sheet a list of companies.
  for (const header of headers) if (!leftOut(header) && bare('companies', header) === 'company_name') keys.add('company_name');
  const kind = options.kind ?? kindOf(keys);

  const seen = new Set<string>();
  const columns = headers.map((header, position) => {
    const bareKey = kind && !known[position] && !leftOut(header) ? bare(kind, header) : undefined;
    const column = known[position] ?? (bareKey === undefined ? null : index.column(bareKey) ?? null);
    if (!column || seen.has(column.key)) return null;
    seen.add(column.key);
    return column;
  });
  const missing = kind === null ? [] : NEEDED[kind].filter((choice) => !choice.some((key) => seen.has(key)))
    .map((choice) => choice.map((key) => index.column(key)?.fr ?? key).join(' / '));
  return { kind, columns, ignored: headers.filter((header, position) => !columns[position] && header.trim() !== ''), missing };
}
