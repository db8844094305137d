import { type FoldedText, foldedWords, foldText, isBinding, runsOf, singular, type Stream, streamOf, type Word, wordsOf } from './folding.js';

/** What is known of a side that may not be named. */
export interface Identity {
  names: string[];
  tradeNames: string[];
  siren: string | null;
  sirets: string[];
  addresses: string[];
  postcodes: string[];
  communes: string[];
  people: string[];
  emails: string[];
  phones: string[];
}

export type IdentifierKind = 'name' | 'trade-name' | 'siren' | 'siret' | 'address' | 'commune' | 'person' | 'email' | 'domain' | 'phone';

export interface Identifier {
  kind: IdentifierKind;
  /** UTF-16 index into the text. */
  at: number;
  length: number;
  /** The very characters of the text. */
  found: string;
}

export interface Sayable {
  /** Words that any text may hold (activities, resources, places of the reader), as `tokens` of resources/words makes them. */
  commonWords: ReadonlySet<string>;
  /** Communes that may be named: the reader's own, and any in the territory's own name. */
  communesAllowed: readonly string[];
  /** Whole phrases that may stand, whatever they hold: the reader's own name, the référent's, the territory's. */
  phrasesAllowed?: readonly string[];
}

interface Hit {
  kind: IdentifierKind;
  /** Indexes into the folded text. */
  from: number;
  to: number;
}

const LEGAL_FORMS = new Set([
  'sarl', 'sas', 'sasu', 'sa', 'eurl', 'scop', 'scic', 'earl', 'gaec', 'scea', 'gfa', 'cuma', 'snc', 'sci', 'scm', 'sca', 'scs', 'selarl', 'sem', 'spl', 'ei', 'eirl', 'gie', 'se',
  'etablissements', 'etablissement', 'societe', 'compagnie', 'groupe', 'holding', 'association', 'ltd', 'inc', 'llc', 'plc', 'gmbh', 'ag', 'bv', 'spa', 'srl', 'sprl',
]);

/** Whose addresses say nothing of a company: the domain's main part. */
const MAIL_PROVIDERS = new Set([
  'gmail', 'googlemail', 'orange', 'wanadoo', 'free', 'sfr', 'neuf', 'laposte', 'bbox', 'numericable', 'aliceadsl', 'cegetel', 'nordnet', 'voila', 'clubinternet', 'outlook', 'hotmail',
  'live', 'msn', 'yahoo', 'ymail', 'aol', 'gmx', 'icloud', 'me', 'mac', 'proton', 'protonmail', 'pm', 'zoho',
]);

/** Parts before the country that are no name: `co.uk`, `gouv.fr`. */
const SECOND_LEVELS = new Set(['co', 'com', 'org', 'net', 'ac', 'gouv', 'asso', 'gov']);
const DOMAIN = /(?:[a-z0-9][a-z0-9-]*\.)+(?:fr|com|net|org|eu|info|biz|pro|io|coop|bio|shop|site|online|tech|green|eco|bzh|corsica|alsace|paris|cat|be|ch|de|es|it|uk|lu|nl|invalid)(?![a-z0-9-])/g;
const STREET = /^(?:rue|avenue|boulevard|chemin|route|place|impasse|allee|faubourg|square|quai|cours|sentier|passage|voie|lieudit|lieu|dit|hameau|zone.*|parc|lotissement|residence|rond|point|montee|cote|esplanade|traverse|ruelle)$/;
const TITLES = ['m', 'mr', 'mrs', 'ms', 'mme', 'mlle', 'monsieur', 'madame', 'mademoiselle'];
const SEPARATORS = '[^\\p{L}\\p{N}]*';

/**
 * Whatever in a text tells who the other side is: its names in whole or by a distinctive word, run together, as initials;
 * its numbers, address, commune, people, mail addresses and domains. Case, accents, punctuation, line breaks, invisible
 * characters and the way digits are grouped do not matter.
 *
 * A name that is made of one common word alone (`Verre`) cannot be told from the word: it is found beside a legal form, and
 * where it is written with a capital within a sentence. A first name alone is never taken for a person.
 * @returns in the order of the text, overlapping ones as one
 */
export function findIdentifiers(text: string, identity: Identity, known: Sayable): Identifier[] {
  const search = new Search(foldText(text), known.commonWords, new Set(known.communesAllowed.flatMap(foldedWords)));
  for (const name of identity.names) search.name(name, 'name');
  for (const name of identity.tradeNames) search.name(name, 'trade-name');
  for (const person of identity.people) search.person(person);
  for (const email of identity.emails) search.email(email);
  for (const address of identity.addresses) search.address(address);
  search.numbers(identity);
  const allowed = new Set(known.communesAllowed.map(communeName));
  const secret = identity.communes.filter((commune) => !allowed.has(communeName(commune)));
  for (const commune of secret) search.commune(commune);
  // Where its only commune may be named, its postcode may be as well.
  if (secret.length > 0 || identity.communes.length === 0) for (const postcode of identity.postcodes) search.postcode(postcode);
  return search.found(known.phrasesAllowed ?? []);
}

class Search {
  private readonly hits: Hit[] = [];
  private readonly all: Stream;
  /** Without the words that only bind: `Brasserie Pont Vieux` is `Brasserie du Pont-Vieux`. */
  private readonly slim: Stream;
  private readonly domains: { from: number; to: number; labels: string[] }[];

  constructor(private readonly text: FoldedText, private readonly commonWords: ReadonlySet<string>, private readonly placeWords: ReadonlySet<string>) {
    this.all = streamOf(wordsOf(text));
    this.slim = streamOf(this.all.words.filter((word) => !isBinding(word.text)));
    this.domains = [...text.chars.matchAll(DOMAIN)].map((match) => ({
      from: match.index, to: match.index + match[0].length, labels: match[0].split('.').slice(0, -1).map((label) => label.replaceAll('-', '')),
    }));
  }

  name(name: string, kind: IdentifierKind): void {
    const words = foldedWords(name);
    const named = words.filter((word) => !LEGAL_FORMS.has(word));
    const core = named.some((word) => !isBinding(word)) ? named : words;
    const significant = core.filter((word) => !isBinding(word));
    this.phrase(core, kind);
    if (!significant.every((word) => this.isCommon(word))) this.slimPhrase(significant, kind);
    if (words.length > core.length) for (const whole of [words, [...core, ...words.filter((word) => LEGAL_FORMS.has(word))]]) this.slimPhrase(whole, kind);
    const telling = significant.filter((word) => this.isDistinctive(word));
    for (const word of telling) this.word(word, kind);
    for (const word of significant.filter((each) => each.length === 3)) this.capitals(word, kind);
    for (const initials of [significant, core]) if (initials.length >= 3) this.capitals(initials.map((word) => word[0]).join(''), kind);
    const together = core.join('');
    if (significant.length >= 2) for (const run of [together, significant.join('')]) if (run.length >= 8) this.within(run, kind);
    // A single word that may be common, or too short for a word of its own.
    if (significant.length === 1) this.capitalised(significant[0], kind);
    this.inDomains((label) => label === together || label === significant.join('') || telling.some((word) => label.includes(word)) || (core.length >= 3 && label === core.map((word) => word[0]).join('')));
  }

  person(person: string): void {
    const parts = person.split(/[\s\u00a0\u202f]+/).filter((part) => part !== '' && !TITLES.includes(foldedWords(part)[0] ?? ''));
    const shouted = parts.filter((part) => part.length > 1 && part === part.toUpperCase() && part !== part.toLowerCase());
    const lastParts = parts.length < 2 ? parts : shouted.length > 0 && shouted.length < parts.length ? shouted : parts.slice(1);
    const surname = lastParts.flatMap(foldedWords);
    const first = parts.filter((part) => !lastParts.includes(part)).flatMap(foldedWords);
    const significant = surname.filter((word) => !isBinding(word));
    if (first.length > 0) for (const whole of [[...first, ...surname], [...surname, ...first]]) this.phrase(whole, 'person');
    for (const title of TITLES) if (title.length > 1) this.phrase([title, ...surname], 'person');
    if (!significant.every((word) => this.isCommon(word))) {
      for (const short of ['m', ...first.slice(0, 1).map((word) => word[0])]) this.phrase([short, ...surname], 'person');
      if (surname.join('').length >= 4) this.phrase(surname, 'person');
    }
    for (const word of significant.filter((each) => this.isDistinctive(each))) this.word(word, 'person');
    if (significant.length === 1) this.capitalised(significant[0], 'person');
    if (significant.length > 0) this.inDomains((label) => significant.some((word) => this.isDistinctive(word) && label.includes(word)));
  }

  email(email: string): void {
    const [local, domain] = email.toLowerCase().split('@');
    if (local === undefined || domain === undefined) return;
    const labels = foldText(domain).chars.split('.').filter((label) => label !== '');
    const host = labels.map(loosely).join('\\s*(?:\\.|\\(?\\[?\\b(?:point|dot)\\b\\]?\\)?)\\s*');
    this.pattern(`(?<![\\p{L}\\p{N}])${loosely(foldText(local).chars)}${SEPARATORS}(?:@|\\b(?:at|arobase|chez)\\b)${SEPARATORS}${host}(?![\\p{L}\\p{N}])`, 'email');
    const localWords = foldedWords(local);
    if (localWords.join('').length >= 6 && !localWords.every((word) => this.isCommon(word))) this.phrase(localWords, 'email');
    const main = mainLabel(labels);
    if (main === null || MAIL_PROVIDERS.has(main)) return;
    this.pattern(`(?<![\\p{L}\\p{N}])${host}(?![\\p{L}\\p{N}])`, 'domain');
    if (this.isDistinctive(main)) {
      this.phrase([main], 'domain');
      if (main.length >= 8) this.within(main, 'domain');
      this.inDomains((label) => label.includes(main));
    }
  }

  address(address: string): void {
    for (const line of address.split(/[,;\n]|\s-\s|(?<=\s)(?=\d{5}(?!\d))/)) {
      const words = foldedWords(line);
      const numbered = /^\d{1,4}(?:bis|ter|quater|[a-z])?$/.test(words[0] ?? '');
      const street = numbered ? words.slice(words[1] === 'bis' || words[1] === 'ter' || words[1] === 'quater' ? 2 : 1) : words;
      const telling = street.filter((word) => !isBinding(word) && !STREET.test(word));
      if (telling.length === 0) continue;
      if (numbered) {
        this.slimPhrase(words, 'address');
        this.slimPhrase([words[0], ...street], 'address');
      }
      // `rue de la Gare` is in every town.
      if (!telling.some((word) => this.isDistinctive(word))) continue;
      this.slimPhrase(street, 'address');
      if (telling.length >= 2) this.slimPhrase(telling, 'address');
    }
  }

  commune(commune: string): void {
    const words = foldedWords(commune).filter((word, index, whole) => word !== 'cedex' && !(index > 0 && whole[index - 1] === 'cedex'));
    const significant = words.filter((word) => !isBinding(word));
    if (significant.length >= 2 || (significant[0] !== undefined && this.isDistinctive(significant[0]))) {
      this.phrase(words, 'commune');
      this.slimPhrase(significant, 'commune');
    } else if (significant[0] !== undefined) {
      this.capitalised(significant[0], 'commune');
    }
  }

  postcode(postcode: string): void {
    const digits = postcode.replace(/\D/g, '');
    // As one group only: `82 000 t` is a quantity.
    if (digits.length === 5) this.pattern(`(?<!\\d)${digits}(?!\\d)`, 'address');
  }

  numbers({ siren, sirets, phones }: Identity): void {
    const sirens = new Set([...(siren === null ? [] : [siren]), ...sirets.map((siret) => siret.replace(/\D/g, '').slice(0, 9))].map((each) => each.replace(/\D/g, '')));
    for (const siret of sirets) this.digits(siret.replace(/\D/g, ''), 'siret');
    for (const each of sirens) this.digits(each, 'siren');
    for (const phone of phones) {
      const digits = phone.replace(/\(0\)/g, '').replace(/\D/g, '');
      const french = [...digits.matchAll(/(?:0033|33|0)?([1-9]\d{8})/g)];
      if (french.length > 0 && french.map(([whole]) => whole).join('') === digits) {
        for (const [, national] of french) for (const prefix of ['00330', '0033', '330', '33', '0', '']) this.digits(`${prefix}${national}`, 'phone');
      } else if (digits.length >= 7) {
        this.digits(digits.replace(/^00/, ''), 'phone');
      }
    }
  }

  found(phrasesAllowed: readonly string[]): Identifier[] {
    const allowed = phrasesAllowed.flatMap((phrase) => runsOf(this.all, foldedWords(phrase).join(''))).map(spanOf);
    const kept = this.hits.filter(({ from, to }) => !allowed.some((span) => span.from <= from && to <= span.to)).sort((a, b) => a.from - b.from || b.to - a.to);
    const merged: (Hit & { longest: number })[] = [];
    for (const hit of kept) {
      const last = merged.at(-1);
      if (last === undefined || hit.from >= last.to) merged.push({ ...hit, longest: hit.to - hit.from });
      else {
        if (hit.to - hit.from > last.longest) Object.assign(last, { kind: hit.kind, longest: hit.to - hit.from });
        last.to = Math.max(last.to, hit.to);
      }
    }
    return merged.map(({ kind, from, to }) => {
      const at = this.text.at[from];
      const found = this.text.original.slice(at, this.text.end[to - 1]);
      return { kind, at, length: found.length, found };
    });
  }

  private isCommon(word: string): boolean {
    return isBinding(word) || LEGAL_FORMS.has(word) || this.placeWords.has(word) || this.commonWords.has(word) || this.commonWords.has(singular(word));
  }

  private isDistinctive(word: string): boolean {
    return word.length >= 4 && /\p{L}/u.test(word) && !this.isCommon(word);
  }

  /** These words in this order, however parted; not where other words, all common, happen to give the same letters (`Dubois`, "du bois"). */
  private phrase(words: readonly string[], kind: IdentifierKind, stream = this.all): void {
    if (words.length === 0 || (words.length === 1 && !this.isDistinctive(words[0]))) return;
    for (const run of runsOf(stream, words.join(''))) {
      const asIs = run.length === words.length && run.every((word, index) => word.text === words[index]);
      const isSpelled = run.length >= 4 && run.every((word) => word.text.length === 1);
      const isHyphenated = run.length === 2 && /^[-‐]\s*\n\s*$/.test(this.gaps(run));
      if ((asIs || isSpelled || isHyphenated || !run.every((word) => this.isCommon(word.text))) && this.areClose(run)) this.hit(kind, spanOf(run));
    }
  }

  private slimPhrase(words: readonly string[], kind: IdentifierKind): void {
    this.phrase(words.filter((word) => !isBinding(word)), kind, this.slim);
  }

  private word(wanted: string, kind: IdentifierKind): void {
    for (const word of this.all.words) if (word.text === wanted || singular(word.text) === singular(wanted)) this.hit(kind, word);
    this.phrase([wanted], kind);
  }

  /** Inside a longer word, as in `@dupontmetauxfrance`. */
  private within(wanted: string, kind: IdentifierKind): void {
    for (const word of this.all.words) if (word.text.includes(wanted)) this.hit(kind, word);
  }

  /** Letters that stand in capitals, `BIM` or `B.I.M.`. */
  private capitals(letters: string, kind: IdentifierKind): void {
    if (this.isCommon(letters)) return;
    for (const run of runsOf(this.all, letters)) {
      const parted = run.length > 1;
      if (parted && (run.some((word) => word.text.length > 1) || !/^[.\s-]+$/.test(this.gaps(run)))) continue;
      const span = spanOf(run);
      if (/\p{L}/u.test(letters) && [...this.text.chars.slice(span.from, span.to)].every((char, index) => !/\p{L}/u.test(char) || this.text.upper[span.from + index])) this.hit(kind, span);
    }
  }

  /** Written as a name within a sentence. */
  private capitalised(wanted: string, kind: IdentifierKind): void {
    if (wanted.length < 2 || isBinding(wanted)) return;
    for (const word of this.all.words) {
      if (word.text !== wanted || !this.text.upper[word.from]) continue;
      const before = /([^\s])(\s*)$/u.exec(this.text.chars.slice(Math.max(0, word.from - 40), word.from));
      if (before !== null && /[\p{L}\p{N},'&]/u.test(before[1]) && !/\n\s*\n/.test(before[2])) this.hit(kind, word);
    }
  }

  private inDomains(isTelling: (label: string) => boolean): void {
    for (const domain of this.domains) if (domain.labels.some((label) => label !== 'www' && isTelling(label))) this.hit('domain', domain);
  }

  /** Digits in a row, whatever groups them. */
  private digits(wanted: string, kind: IdentifierKind): void {
    if (wanted.length < 7) return;
    this.pattern([...wanted].join('[\\s.,/·()_+–—‐-]{0,4}'), kind);
  }

  private pattern(source: string, kind: IdentifierKind): void {
    for (const match of this.text.chars.matchAll(new RegExp(source, 'gu'))) this.hit(kind, { from: match.index, to: match.index + match[0].length });
  }

  /** Of one breath: words with little more than spaces between them, binding words apart. */
  private areClose(run: readonly Word[]): boolean {
    return run.every((word, index) => index === 0
      || this.text.chars.slice(run[index - 1].to, word.from).replace(/[\p{L}\p{N}]+/gu, (between) => (isBinding(between) ? '' : '....')).replace(/\s/g, '').length <= 3);
  }

  private gaps(run: readonly Word[]): string {
    return run.slice(1).map((word, index) => this.text.chars.slice(run[index].to, word.from)).join('');
  }

  private hit(kind: IdentifierKind, { from, to }: { from: number; to: number }): void {
    this.hits.push({ kind, from, to });
  }
}

function spanOf(run: readonly Word[]): { from: number; to: number } {
  return { from: run[0].from, to: run[run.length - 1].to };
}

function communeName(commune: string): string {
  return foldedWords(commune).filter((word) => !isBinding(word)).join('');
}

/** `dupont-metaux` as a pattern that does not mind the hyphen. */
function loosely(text: string): string {
  return text.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '').join(SEPARATORS);
}

/** `dupontmetaux` of `mail.dupont-metaux.co.uk`; null when there is none. */
function mainLabel(labels: readonly string[]): string | null {
  const names = labels.slice(0, -1);
  if (names.length > 1 && SECOND_LEVELS.has(names[names.length - 1])) names.pop();
  return names.at(-1)?.replaceAll('-', '') ?? null;
}
