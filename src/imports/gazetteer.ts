import { foldAccents } from '../resources/words.js';
import { nearest } from './headers.js';

/** A commune with the centre of its outline. */
export interface Commune {
  /** INSEE code; null in files that do not give it. */
  code: string | null;
  name: string;
  /** Code of the département: `82`, `2A`, `974`. */
  department: string | null;
  postcode: string | null;
  /** WGS 84 degrees. */
  latitude: number;
  longitude: number;
}

export type CommuneAnswer = { commune: Commune } | { fault: 'unknown' | 'ambiguous'; near: string[] };

/** `Saint-Étienne de Tulmont`, `ST ETIENNE DE TULMONT` and `saint-etienne-de-tulmont` are one name. */
export function communeKey(name: string): string {
  return foldAccents(name)
    .replace(/\bcedex\b.*$/, '').replace(/[^a-z0-9]+/g, ' ').trim()
    .replace(/\bste\b/g, 'sainte').replace(/\bst\b/g, 'saint');
}

function withoutArticle(key: string): string {
  return key.replace(/^(le|la|les|l) /, '');
}

/** `82` of `82121`, `2A` of `2A004`, `974` of `97411`. @param code INSEE code of a commune */
export function departmentOfCode(code: string): string {
  return code.startsWith('97') || code.startsWith('98') ? code.slice(0, 3) : code.slice(0, 2);
}

/** Départements that a postcode may lie in; Corsica shares 20. */
function departmentsOfPostcode(postcode: string): string[] {
  if (postcode.startsWith('20')) return ['2A', '2B'];
  return [postcode.startsWith('97') || postcode.startsWith('98') ? postcode.slice(0, 3) : postcode.slice(0, 2)];
}

/** Communes by INSEE code and by name: places a site that came without coordinates. */
export class Gazetteer {
  private readonly byCode = new Map<string, Commune>();
  private readonly byName = new Map<string, Commune[]>();

  constructor(readonly communes: readonly Commune[]) {
    for (const commune of communes) {
      if (commune.code !== null && !this.byCode.has(commune.code)) this.byCode.set(commune.code, commune);
      const key = communeKey(commune.name);
      for (const name of new Set([key, withoutArticle(key)])) {
        const same = this.byName.get(name);
        if (same) same.push(commune);
        else this.byName.set(name, [commune]);
      }
    }
  }

  /**
   * The commune of this code; else of this name, told apart by the postcode (its département is enough). Arrondissements
   * (`Marseille 15`) count as their commune.
   * @param suggest false saves the search for names that look alike: it goes through all communes
   * @returns the commune, or whether none or several fit, with up to three names that look alike
   */
  find({ code, name, postcode }: { code: string | null; name: string | null; postcode: string | null }, suggest = true): CommuneAnswer {
    const byCode = code === null ? undefined : this.byCode.get(code);
    if (byCode) return { commune: byCode };
    if (name === null) return { fault: 'unknown', near: [] };
    const key = communeKey(name);
    const named = this.byName.get(key) ?? this.byName.get(withoutArticle(key)) ?? this.byName.get(key.replace(/ \d{1,2}( ?(e|er|eme))?( arrondissement)?$/, '')) ?? [];
    const departments = code !== null ? [departmentOfCode(code)] : postcode !== null ? departmentsOfPostcode(postcode) : null;
    const narrowed = departments === null ? named : named.filter((one) => one.department === null || departments.includes(one.department));
    const exact = postcode === null ? [] : narrowed.filter((one) => one.postcode === postcode);
    const sameName = narrowed.filter((one) => communeKey(one.name) === key);
    for (const choice of [exact, narrowed, sameName]) if (choice.length === 1) return { commune: choice[0] };
    // Only where its département tells it, never the only commune of that name elsewhere.
    if (narrowed.length > 1) return { fault: 'ambiguous', near: narrowed.slice(0, 3).map(describe) };
    if (!suggest) return { fault: 'unknown', near: [] };
    const pool = departments === null ? this.communes : this.communes.filter((one) => one.department !== null && departments.includes(one.department));
    return { fault: 'unknown', near: nearest(name, pool.map((one) => one.name)) };
  }
}

function describe(commune: Commune): string {
  return `${commune.name} (${commune.code ?? commune.department ?? '?'})`;
}
