import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { commonWords } from '../../../src/introductions/common-words.js';
import { coarsen, type CoarseDescription, type KnownSite } from '../../../src/introductions/description.js';
import { findIdentifiers, type Identity } from '../../../src/introductions/identifiers.js';
import { draftLetter, type LetterFacts, LetterWords, LINK_PLACEHOLDER, openFields, phonePoints } from '../../../src/introductions/letters.js';
import { shippedKnowledge } from '../flows/knowledge.js';

const knowledge = shippedKnowledge();
const messages = (language: 'fr' | 'en'): Record<string, string> => JSON.parse(readFileSync(new URL(`../../../config/messages/introductions.${language}.json`, import.meta.url), 'utf8')) as Record<string, string>;
const words = { fr: new LetterWords('fr', messages('fr'), knowledge.activities), en: new LetterWords('en', messages('en'), knowledge.activities) };
const LANGUAGES = ['fr', 'en'] as const;

const description: CoarseDescription = { activity: '10', distance: { fromKm: 10, toKm: 15 }, quantity: { from: 200, to: 500 }, fitting: 6 };
const facts: LetterFacts = {
  side: 'output', position: 'first', contactName: 'Camille Galan', flow: 'Drêches de brasserie', quantity: 420, unit: 't', other: { description, unit: 't' },
  territory: 'Communauté de Montauban', referentName: 'Noé Lafont', partner: null,
};
const partner = { company: 'Ferme des Aulnes', commune: 'Albias', contactName: 'Alix Vidal', position: 'Direction', email: 'alix@example.invalid', phone: '05 63 00 00 01', flow: 'Matières pour aliments du bétail' };
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('a letter to a company', () => {
  it('asks the holder of the output first, about a company that could take it', () => {
    expect(plain(draftLetter('proposal', facts, words.fr).body)).toBe(`Bonjour Camille Galan,

Vous nous avez signalé « Drêches de brasserie » (420 t par an) parmi ce que votre site pourrait céder ou mettre à disposition. D’après ce que nous savons, une entreprise du secteur « Industries alimentaires », à une distance de 10 à 15 km de votre site, pourrait en avoir l’usage ; la quantité en jeu chez elle serait comprise entre 200 et 500 t par an.

Souhaitez-vous que nous allions plus loin ? Vous pouvez le dire ici :
[[lien-de-reponse]]
ou simplement en répondant à ce courriel. « Pas maintenant » ou une question sont aussi des réponses utiles.

Rien de ce qui vous concerne n’a été transmis. Les noms et les coordonnées ne seront donnés, à l’une comme à l’autre, que si les deux entreprises sont d’accord.

Cordialement,
Noé Lafont
Communauté de Montauban

-- 
Vous recevez ce message parce que votre entreprise nous a fait part de ses ressources et de ses besoins. Pour consulter ou faire corriger vos données, ou ne plus recevoir de tels messages, répondez à ce courriel ou passez par le lien ci-dessus.
`);
  });

  it('tells the second side what the first has heard of it', () => {
    const { body } = draftLetter('proposal', { ...facts, side: 'input', position: 'second' }, words.en);
    expect(body).toContain('Without naming you, we have spoken of this with a company in the sector “Manufacture of food products”, 10 to 15 km from your site, which could offer you something that answers it; the quantity on its side would be between 200 and 500 t a year. It agrees to go further.');
    expect(body).toContain('Of you it knows a general description only');
  });

  it('leaves out what may not be said', () => {
    const silent = { ...facts, quantity: null, other: { description: { activity: '', distance: null, quantity: null, fitting: 3 }, unit: 't' as const } };
    expect(plain(draftLetter('proposal', silent, words.fr).body)).toContain('D’après ce que nous savons, une entreprise de la région pourrait en avoir l’usage.');
    const near = { ...silent, other: { description: { ...description, distance: { fromKm: 0, toKm: 5 } }, unit: 't' as const } };
    expect(plain(draftLetter('proposal', near, words.fr).body)).toContain('une entreprise du secteur « Industries alimentaires » à moins de 5 km de votre site pourrait');
  });

  it('words an activity by its own label, else by the nearest one above', () => {
    expect(words.fr.activity('1051C')).toBe(knowledge.naf('1051C')!.label.fr);
    for (const prefix of ['1051', '105', '10']) expect(words.fr.activity(prefix)).toBe('Industries alimentaires');
    expect(words.en.activity('C')).toBe('Manufacturing');
    expect(words.fr.activity('')).toBeNull();
    expect(words.fr.activity('04')).toBeNull();
  });

  it('gives names, contact and exchange to both once both have agreed', () => {
    const { subject, body } = draftLetter('names', { ...facts, partner }, words.fr);
    expect(plain(subject)).toBe('Mise en relation pour « Drêches de brasserie »');
    expect(plain(body)).toContain('Ferme des Aulnes, à Albias\nAlix Vidal (Direction)\n05 63 00 00 01\nalix@example.invalid\n');
    expect(plain(body)).toContain('« Drêches de brasserie » d’un côté, « Matières pour aliments du bétail » de l’autre');
    expect(body).not.toContain(LINK_PLACEHOLDER);
    expect(() => draftLetter('names', facts, words.fr)).toThrow('needs the partner');
  });

  it('has a field for what has to be known and is not', () => {
    const unknown = { ...facts, contactName: null, referentName: null, partner: { ...partner, commune: null, contactName: null, position: null, email: null, phone: null } };
    expect(openFields(draftLetter('proposal', facts, words.fr).body)).toEqual([]);
    expect(openFields(draftLetter('proposal', unknown, words.fr).body)).toEqual(['nom du contact', 'nom du conseiller']);
    expect(openFields(draftLetter('names', unknown, words.en).body)).toEqual(['name of the contact', 'name of the person to call', 'phone or e-mail of that person', 'name of the advisor']);
    expect(openFields(`[[a]] [${LINK_PLACEHOLDER}] [[]] [b]`)).toEqual(['a', '']);
  });

  it('has its answer link once', () => {
    for (const language of LANGUAGES) expect(draftLetter('proposal', facts, words[language]).body.split(LINK_PLACEHOLDER)).toHaveLength(2);
  });

  it('is the same on the phone, in four points', () => {
    expect(phonePoints(facts, words.fr).map(plain)).toEqual([
      'Vous nous avez signalé « Drêches de brasserie » (420 t par an) parmi ce que votre site pourrait céder ou mettre à disposition. Est-ce toujours d’actualité ?',
      'D’après ce que nous savons, une entreprise du secteur « Industries alimentaires », à une distance de 10 à 15 km de votre site, pourrait en avoir l’usage ; la quantité en jeu chez elle serait comprise entre 200 et 500 t par an.',
      'Rien de ce qui vous concerne n’a été transmis. Les noms et les coordonnées ne seront donnés, à l’une comme à l’autre, que si les deux entreprises sont d’accord.',
      'Souhaitez-vous que nous allions plus loin : oui, pas maintenant (jusqu’à quand, et pourquoi ?), une question à poser, ou ne plus être sollicité ?',
    ]);
  });

  it('has the same words in both languages, and no brace left in any letter', () => {
    expect(Object.keys(messages('en'))).toEqual(Object.keys(messages('fr')));
    const some = fc.record<LetterFacts>({
      side: fc.constantFrom('output', 'input'), position: fc.constantFrom('first', 'second'), contactName: fc.option(fc.constant('X')), flow: fc.constant('Verre'), quantity: fc.option(fc.double({ min: 0.1, max: 1e6, noNaN: true })),
      unit: fc.constantFrom('t', 'm3', 'MWh', 'h', 'piece', 'm2'), territory: fc.constant('T'), referentName: fc.option(fc.constant('R')),
      other: fc.record({
        unit: fc.constantFrom('t', 'm3', 'MWh', 'h', 'piece', 'm2'),
        description: fc.record({ activity: fc.constantFrom('', 'C', '10', '105', '1051', '1051C', '0000Z'), distance: fc.option(fc.constant({ fromKm: 0, toKm: 40 })), quantity: fc.option(fc.constant({ from: 0.1, to: 0.2 })), fitting: fc.nat() }),
      }),
      partner: fc.constant({ ...partner, phone: null }),
    });
    fc.assert(fc.property(some, fc.constantFrom('proposal', 'names'), fc.constantFrom(...LANGUAGES), (told, kind, language) => {
      const { subject, body } = draftLetter(kind, told, words[language]);
      expect(`${subject}${body}${phonePoints(told, words[language]).join('')}`).not.toMatch(/[{}]|''|undefined|null|\bnone\b|NaN| {2}|\( *\)/);
    }), { numRuns: 500 });
  });
});

type Row = Record<string, string>;
const demo = (name: string): Row[] => parse(readFileSync(new URL(`../../../demo/${name}.csv`, import.meta.url)), { columns: true, delimiter: ';', bom: true });
const number = (text: string): number | null => (text === '' ? null : Number(text.replace(',', '.')));
const KM_PER_DEGREE = 111.2;

describe('a proposal about any two companies of the demo territory', () => {
  const sites = demo('sites');
  const contacts = new Map(demo('contacts').map((row) => [row['Référence entreprise'], row]));
  const flows = demo('flows');
  const siteOf = new Map(sites.map((site) => [site['Référence site'], site]));
  const common = commonWords(knowledge, LANGUAGES.flatMap((language) => Object.values(messages(language))));
  const sectionOf = (naf: string): string => knowledge.naf(naf)?.section.code ?? '';

  function kmBetween(a: Row, b: Row): number {
    const [latA, lonA, latB, lonB] = [a['Latitude'], a['Longitude'], b['Latitude'], b['Longitude']].map((text) => number(text)!);
    return Math.hypot(latA - latB, (lonA - lonB) * Math.cos((latA * Math.PI) / 180)) * KM_PER_DEGREE;
  }

  function identityOf(site: Row): Identity {
    const contact = contacts.get(site['Référence entreprise']);
    return {
      names: [site['Entreprise']], tradeNames: [], siren: null, sirets: [], addresses: [], postcodes: [], communes: [site['Commune']],
      people: contact ? [contact['Contact']] : [], emails: contact?.['Courriel'] ? [contact['Courriel']] : [], phones: [],
    };
  }

  function proposal(own: Row, otherFlow: Row, position: 'first' | 'second'): { facts: LetterFacts; reader: Row; other: Row } {
    const [reader, other] = [siteOf.get(own['Référence site'])!, siteOf.get(otherFlow['Référence site'])!];
    const category = knowledge.category(own['Catégorie'])!;
    const otherCategory = knowledge.category(otherFlow['Catégorie'])!;
    const known = sites.filter((site) => site['Référence entreprise'] !== reader['Référence entreprise']).map((site): KnownSite => {
      const flow = flows.find((each) => each['Référence site'] === site['Référence site'] && each['Catégorie'] === otherFlow['Catégorie']);
      return { companyId: site['Référence entreprise'], naf: site['Code NAF'] || null, distanceKm: kmBetween(reader, site), quantity: flow ? number(flow['Quantité']) : null };
    });
    const told = coarsen({ naf: other['Code NAF'] || null, distanceKm: kmBetween(reader, other), quantity: number(otherFlow['Quantité']) }, known, sectionOf);
    return {
      reader, other,
      facts: {
        side: own['Sens'] === 'sortant' ? 'output' : 'input', position, contactName: contacts.get(reader['Référence entreprise'])?.['Contact'] ?? null, flow: category.label.fr, quantity: number(own['Quantité']), unit: category.baseUnit,
        other: { description: told, unit: otherCategory.baseUnit }, territory: 'Communauté de Montauban', referentName: 'Camille Rivière', partner: null,
      },
    };
  }

  it('is so broad that five companies fit, and gives nothing of the other away', () => {
    const outputs = flows.filter((flow) => flow['Sens'] === 'sortant');
    const inputs = flows.filter((flow) => flow['Sens'] === 'entrant');
    const told: string[] = [];
    let letters = 0;
    outputs.forEach((output, index) => {
      for (const input of [inputs[index % inputs.length], inputs[(index * 7 + 3) % inputs.length]]) {
        if (output['Référence site'] === input['Référence site']) continue;
        for (const [own, otherFlow, position] of [[output, input, 'first'], [input, output, 'second']] as const) {
          const { facts: known, reader, other } = proposal(own, otherFlow, position);
          expect(known.other.description.fitting).toBeGreaterThanOrEqual(5);
          const sayable = { commonWords: common, communesAllowed: [reader['Commune'], 'Montauban'], phrasesAllowed: [known.contactName ?? '', known.referentName!, known.territory] };
          for (const language of LANGUAGES) {
            const { subject, body } = draftLetter('proposal', known, words[language]);
            letters += 1;
            told.push(...findIdentifiers([subject, body, ...phonePoints(known, words[language])].join('\n\n'), identityOf(other), sayable).map(({ kind, found }) => `${other['Entreprise']}, ${other['Commune']}: ${kind} ${found}`));
          }
        }
      }
    });
    expect(letters).toBeGreaterThan(800);
    expect(told).toEqual([]);
  });

  it('would be seen through at once if it named the other side', () => {
    for (const other of sites) {
      const identity = identityOf(other);
      const sayable = { commonWords: common, communesAllowed: [], phrasesAllowed: [] };
      for (const sign of [...identity.names, ...identity.people, ...identity.communes, ...identity.emails]) {
        expect([sign, findIdentifiers(`Bonjour, il s’agit de ${sign} à côté.`, identity, sayable).length > 0]).toEqual([sign, true]);
      }
    }
  });
});
