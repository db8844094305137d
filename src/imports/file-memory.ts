import { foldAccents } from '../resources/words.js';

/** Simple words of a name, for keys made of it. */
export function nameKey(name: string): string {
  return foldAccents(name).replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 80);
}

/**
 * What must be remembered from one row of a file to the next: a few words a row, never the rows. It depends on the rows
 * alone and in their order, so that an import taken up again after a crash remembers the same.
 */
export class FileMemory {
  private readonly aliases = new Map<string, string>();
  private readonly firstRows = new Map<string, number>();
  private readonly counts = new Map<string, number>();
  private readonly mentions = new Map<string, object>();
  private suggestions = 0;

  /** The sender's own reference stands for this key from now on: other rows may name the thing by it. The first one holds. */
  learn(what: 'company' | 'company-name' | 'site', own: string | null, key: string): void {
    if (own !== null && !this.aliases.has(`${what} ${own}`)) this.aliases.set(`${what} ${own}`, key);
  }

  keyOf(what: 'company' | 'company-name' | 'site', own: string): string | null {
    return this.aliases.get(`${what} ${own}`) ?? null;
  }

  /** @returns the row that said this key first, or null when this is it */
  earlier(key: string, row: number): number | null {
    const first = this.firstRows.get(key);
    if (first !== undefined) return first;
    this.firstRows.set(key, row);
    return null;
  }

  /** How often this was said, this time included. */
  count(key: string): number {
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count;
  }

  /**
   * A thing that rows about something else name on the way: all they say of it, the first word on each point holding, so
   * that the order of batches changes nothing.
   */
  mention<Thing extends object>(key: string, thing: Thing): Thing {
    const known = this.mentions.get(key) as Thing | undefined;
    if (!known) {
      this.mentions.set(key, thing);
      return thing;
    }
    for (const property of Object.keys(thing) as (keyof Thing)[]) {
      const value: unknown = known[property];
      if (value === null || (Array.isArray(value) && value.length === 0)) known[property] = thing[property];
    }
    return known;
  }

  /** Looking for names that look alike costs time: a file of nothing but unknown ones gets it for the first few hundred. */
  maySuggest(): boolean {
    this.suggestions += 1;
    return this.suggestions <= 300;
  }
}
