import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commonWords } from '../../../src/introductions/common-words.js';
import { findIdentifiers, type Identity, type Sayable } from '../../../src/introductions/identifiers.js';
import { foldAccents, tokens } from '../../../src/resources/words.js';
import { shippedKnowledge } from '../flows/knowledge.js';

const common = commonWords(shippedKnowledge());
const known: Sayable = { commonWords: common, communesAllowed: ['Albias'] };
const nobody: Identity = { names: [], tradeNames: [], siren: null, sirets: [], addresses: [], postcodes: [], communes: [], people: [], emails: [], phones: [] };

const dupont: Identity = {
  names: ['SARL Dupont Métaux'],
  tradeNames: ['Ferrailles & Cie du Quercy'],
  siren: '552100554',
  sirets: ['55210055400013'],
  addresses: ['12 bis avenue des Frères-Lumière, ZI Pech Blanc, 82130 Lafrançaise'],
  postcodes: ['82130'],
  communes: ['Lafrançaise', 'Albias'],
  people: ['Mme Élodie Le Goff', 'Pierre BOIS'],
  emails: ['contact@dupont-metaux.fr', 'ferraillequercy82@gmail.com'],
  phones: ['06 12 34 56 78', '+33 (0)5 63 00 00 01'],
};

const found = (text: string, identity = dupont, sayable = known): [string, string][] => findIdentifiers(text, identity, sayable).map(({ kind, found: what }) => [kind, what]);

describe('what tells who the other side is', () => {
  it.each([
    ['Dupont Métaux reprend tout', 'name', 'Dupont Métaux'],
    ['la société DUPONT METAUX', 'name', 'DUPONT METAUX'],
    ['chez Dupont-\nMétaux', 'name', 'Dupont-\nMétaux'],
    ['chez Du\u00adpont, à côté', 'name', 'Du\u00adpont'],
    ['chez Dup-\nont, à côté', 'name', 'Dup-\nont'],
    ['chez D U P O N T', 'name', 'D U P O N T'],
    ['les duponts', 'name', 'duponts'],
    ['le groupe ｄｕｐｏｎｔ', 'name', 'ｄｕｐｏｎｔ'],
    ['suivez @dupontmetaux82', 'name', 'dupontmetaux82'],
    ['voir www.dupontmetaux.com', 'domain', 'www.dupontmetaux.com'],
    ['voir recyclage-dupont.eu.', 'domain', 'recyclage-dupont.eu'],
    ['Ferrailles et compagnie, du Quercy', 'trade-name', 'Ferrailles et compagnie, du Quercy'],
    ['RCS 552 100 554', 'siren', '552 100 554'],
    ['TVA FR40552.100.554', 'siren', '552.100.554'],
    ['SIRET ５５２１００５５４ 00013', 'siret', '５５２１００５５４ 00013'],
    ['au 12 bis, av. des frères Lumière', 'address', '12 bis, av. des frères Lumière'],
    ['au 12, avenue Frères Lumière', 'address', '12, avenue Frères Lumière'],
    ['avenue Frères Lumière', 'address', 'avenue Frères Lumière'],
    ['zone industrielle de Pech Blanc', 'address', 'zone industrielle de Pech Blanc'],
    ['près de 82130', 'address', '82130'],
    ['à LAFRANCAISE', 'commune', 'LAFRANCAISE'],
    ['madame Le Goff', 'person', 'madame Le Goff'],
    ['demandez E. Le Goff', 'person', 'E. Le Goff'],
    ['monsieur Bois', 'person', 'monsieur Bois'],
    ['voyez avec Bois demain', 'person', 'Bois'],
    ['contact (at) dupont-metaux point fr', 'email', 'contact (at) dupont-metaux point fr'],
    ['ferraillequercy82 @ gmail . com', 'email', 'ferraillequercy82 @ gmail . com'],
    ['service@dupont-metaux.fr', 'domain', 'dupont-metaux.fr'],
    ['au 06.12.34.56.78', 'phone', '06.12.34.56.78'],
    ['au +33 6 12 34 56 78', 'phone', '33 6 12 34 56 78'],
    ['au 0033 (0)563 000 001', 'phone', '0033 (0)563 000 001'],
  ])('is seen in %j', (text, kind, what) => {
    expect(found(text)).toEqual([[kind, what]]);
  });

  it.each([
    ['une entreprise de la métallurgie reprend des métaux, des ferrailles et du bois'],
    ['à Albias, 82 130 t par an'],
    ['rue de la gare, zone industrielle'],
    ['Bonjour Élodie, Pierre'],
    ['écrivez à une adresse gmail.com'],
    ['552 100 t et 554 m3'],
    ['Bois : 12 t. Métaux : 400 t'],
  ])('is not seen in %j', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('is not seen in other words that give the same letters, but where they are run together', () => {
    const dubois = { ...nobody, names: ['Dubois'] };
    expect(found('des chutes du bois', dubois)).toEqual([]);
    expect(found('des chutes de Dubois', dubois)).toEqual([['name', 'Dubois']]);
  });

  it('is seen in a name of one common word beside its legal form, with a capital within a sentence, and in a domain', () => {
    const verre = { ...nobody, names: ['SAS Verre'] };
    expect(found('Verre creux, du verre plat', verre)).toEqual([]);
    expect(found('chez Verre SAS', verre)).toEqual([['name', 'Verre SAS']]);
    expect(found('la maison Verre', verre)).toEqual([['name', 'Verre']]);
    expect(found('voir verre.fr', verre)).toEqual([['domain', 'verre.fr']]);
  });

  it('is seen in initials when they are capitals', () => {
    const bim = { ...nobody, names: ['Bulons Industriels du Midi', 'ABC Métaux'] };
    expect(found('chez BIM, chez B.I.M. et chez BIDM, ABC', bim).map(([, what]) => what)).toEqual(['BIM', 'B.I.M', 'BIDM', 'ABC']);
    expect(found('un bim, abc', bim)).toEqual([]);
  });

  it('may be named as far as a whole phrase allows', () => {
    const sayable = { ...known, phrasesAllowed: ['Chambre du Quercy', 'Camille Le Goff'] };
    expect(found('Bonjour Camille Le Goff, de la Chambre du Quercy', dupont, sayable)).toEqual([]);
    expect(found('Bonjour Le Goff, du Quercy', dupont, sayable)).toEqual([['person', 'Le Goff'], ['trade-name', 'Quercy']]);
  });

  it.each<[string, Partial<Identity>, string, string[]]>([
    ['spelled out, although each letter is a word somewhere', { names: ['Canac'] }, 'chez C A N A C', ['C A N A C']],
    ['bold by other characters', { names: ['BIM'] }, 'chez 𝐁𝐈𝐌', ['𝐁𝐈𝐌']],
    ['with the accent as a character of its own', { names: ['Zolavé'] }, 'chez zolave\u0301', ['zolave\u0301']],
    ['whole, without the words that bind', { names: ['Ferme des Aulnes'] }, 'la ferme Aulnes', ['ferme Aulnes']],
    ['as one where two overlap', { names: ['Zoltan Bricomo'], people: ['Bricomo Velmar'] }, 'chez Zoltan Bricomo Velmar', ['Zoltan Bricomo Velmar']],
    ['of common words, in one breath', { names: ['Bois Énergie'] }, 'Bois-Énergie. Du bois (…) ; énergie', ['Bois-Énergie']],
    ['in part of another domain', { emails: ['info@zokdri.fr'] }, 'voir monzokdri.com', ['monzokdri.com']],
    ['as what stands before the provider', { emails: ['atelierzok82@free.fr'] }, 'sous le nom atelierzok82', ['atelierzok82']],
    ['as a street that every town has, with its number', { addresses: ['1 rue de la Gare'] }, 'rue de la Gare, au 1, rue de la Gare', ['1, rue de la Gare']],
    ['not by the reader’s own commune', { names: ['Albias Zokdri'], communes: ['Albias'], postcodes: ['82350'] }, 'à Albias, 82350', []],
    ['abroad', { phones: ['+32 2 555 12 12'] }, 'au 0032 2 555 12 12', ['32 2 555 12 12']],
  ])('is seen %s', (_how, identity, text, expected) => {
    expect(found(text, { ...nobody, ...identity }).map(([, what]) => what)).toEqual(expected);
  });

  it('comes in the order of the text, overlapping signs as one', () => {
    expect(found('06 12 34 56 78, Élodie Le Goff, Dupont Métaux à Lafrançaise')).toEqual([
      ['phone', '06 12 34 56 78'], ['person', 'Élodie Le Goff'], ['name', 'Dupont Métaux'], ['commune', 'Lafrançaise'],
    ]);
  });

  const letters = (min: number, max: number): fc.Arbitrary<string> => fc.array(fc.constantFrom('ba', 'ko', 'dri', 'lu', 'zen', 'mo', 'tal', 'vé', 'chi', 'gny'), { minLength: min, maxLength: max }).map((parts) => parts.join(''));
  const word = letters(3, 4).filter((each) => !tokens(each).some((token) => common.has(token)));
  const digits = (length: number): fc.Arbitrary<string> => fc.array(fc.integer({ min: 1, max: 9 }), { minLength: length, maxLength: length }).map((each) => each.join(''));
  const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);
  const identities: fc.Arbitrary<Identity> = fc.record({
    name: word, second: word, form: fc.constantFrom('SARL ', 'SAS ', 'Ets ', ''), trade: word, siren: digits(9), nic: digits(5), street: word, number: fc.integer({ min: 1, max: 99 }), postcode: digits(5),
    commune: word, first: word, last: word, provider: fc.constantFrom('gmail.com', 'orange.fr', ''), phone: digits(8),
  }).map((told) => ({
    names: [`${told.form}${capital(told.name)} ${capital(told.second)}`], tradeNames: [`Atelier ${capital(told.trade)}`], siren: told.siren, sirets: [`${told.siren}${told.nic}`],
    addresses: [`${told.number} rue du ${capital(told.street)}`], postcodes: [told.postcode], communes: [`${capital(told.commune)}-sur-Tarn`], people: [`${capital(told.first)} ${capital(told.last)}`],
    emails: [told.provider === '' ? `info@${told.name}-${told.second}.fr`.normalize('NFD').replace(/\p{M}/gu, '') : `${told.last}${told.siren}@${told.provider}`.normalize('NFD').replace(/\p{M}/gu, '')],
    phones: [`06${told.phone}`],
  }));

  /** Ways of writing the same, chosen by random numbers. */
  function decorate(text: string, choices: readonly number[]): string {
    const isNumber = /^[\d\s]+$/.test(text);
    let at = 0;
    const pick = (of: number): number => choices[at++ % choices.length] % of;
    return [...text].map((char) => {
      if (char === ' ') return [' ', '\u00a0', '\u202f', '\n', ' - ', '  ', '\u2011', isNumber ? '.' : '’'][pick(8)];
      if (/\d/.test(char)) return `${[char, String.fromCharCode(0xff10 + Number(char)), char][pick(3)]}${isNumber ? ['', '', ' ', '.', '\u00a0', '-'][pick(6)] : ''}`;
      if (!/\p{L}/u.test(char)) return char;
      return [char, char.toUpperCase(), char.normalize('NFD'), `${char}\u200b`, char.toLowerCase(), `${char}\u00ad`, char === 'e' ? 'é' : char, char.normalize('NFD').replace(/\p{M}/gu, '')][pick(8)];
    }).join('').replace(/[.\s\u00a0-]+$/u, '');
  }

  const commonText = fc.array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...[...common].filter((each) => each.length > 2 && !/\d/.test(each))) }, fc.constantFrom('450 t', ',', '.\n', ':', 'de', 'l’')), { maxLength: 30 }).map((words) => words.join(' '));
  const signs = (identity: Identity): string[] => [
    ...identity.names, ...identity.tradeNames, ...identity.people, ...identity.communes, ...identity.addresses, ...identity.emails, identity.siren!, ...identity.sirets, ...identity.phones,
    // Without its legal form; run together; a single word of it; the number of abroad.
    identity.names[0].split(' ').slice(-2).join(' '), `www.${identity.names[0].split(' ').slice(-2).join('')}.fr`.normalize('NFD').replace(/\p{M}/gu, ''), identity.names[0].split(' ').at(-1)!,
    identity.tradeNames[0].split(' ')[1], identity.people[0].split(' ')[1], identity.addresses[0].replace(/^\d+ /, ''), `33${identity.phones[0].slice(1)}`,
  ];
  const choices = fc.array(fc.nat(1000), { minLength: 12, maxLength: 40 });
  const squeezed = (text: string): string => foldAccents(text.normalize('NFKC').replace(/\p{Cf}/gu, '')).replace(/[^\p{L}\p{N}]/gu, '');

  it('is found however it is written, in any text, at its place', () => {
    fc.assert(fc.property(identities, fc.nat(1000), choices, commonText, commonText, (identity, which, how, before, after) => {
      const all = signs(identity);
      const sign = all[which % all.length];
      const written = decorate(sign, how);
      const text = `${before} ${written} ${after}`;
      const seen = findIdentifiers(text, identity, known);
      const start = before.length + 1;
      // Whatever tells something of it is covered: nothing but what binds or is common is left of it.
      const covering = seen.filter(({ at, length }) => at < start + written.length && at + length > start);
      expect(covering.length).toBeGreaterThan(0);
      for (const { at, length, found: what } of seen) expect(text.slice(at, at + length)).toBe(what);
      const said = squeezed(covering.map(({ found: what }) => what).join(''));
      expect(squeezed(sign).includes(said) || said.includes(squeezed(sign))).toBe(true);
    }), { numRuns: 2000 });
  });

  it('is never found in a text of common words', () => {
    fc.assert(fc.property(identities, commonText, (identity, text) => { expect(findIdentifiers(text, identity, known)).toEqual([]); }), { numRuns: 1000 });
  });

  it('is looked for in any text and identity without an error, and stands where it is said to', () => {
    const any = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 });
    fc.assert(fc.property(
      fc.record<Identity>({ names: any, tradeNames: any, siren: fc.option(fc.string()), sirets: any, addresses: any, postcodes: any, communes: any, people: any, emails: any, phones: any }), fc.string({ unit: 'grapheme', maxLength: 200 }),
      (identity, text) => {
        let past = 0;
        for (const { at, length, found: what } of findIdentifiers(text, identity, known)) {
          expect(text.slice(at, at + length)).toBe(what);
          expect(at).toBeGreaterThanOrEqual(past);
          past = at + length;
        }
      }), { numRuns: 500 });
  });

  it('is looked for in a long text within reason', () => {
    const text = 'une entreprise du bois reprend des chutes de bois, '.repeat(2000);
    expect(findIdentifiers(`${text}Dupont`, dupont, known)).toHaveLength(1);
  });
});
