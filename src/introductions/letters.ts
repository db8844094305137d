import { Messages } from '../platform/messages.js';
import type { NafSubClass } from '../resources/knowledge.js';
import type { BaseUnit } from '../resources/resource-catalogue.js';
import type { CoarseDescription } from './description.js';

/** `proposal`: asks a side whether it is interested; `names`: tells both, once both have said yes, who the other is. */
export type LetterKind = 'proposal' | 'names';

export interface Letter {
  subject: string;
  /** Plain text. */
  body: string;
}

/** Stands in a proposal where its answer link goes when it is sent; the same in every language. */
export const LINK_PLACEHOLDER = '[[lien-de-reponse]]';

/** Whom a letter of names is about; a line that nothing is known for is left out. */
export interface Partner {
  company: string;
  commune: string | null;
  contactName: string | null;
  position: string | null;
  email: string | null;
  phone: string | null;
  /** Label of the category of its flow. */
  flow: string;
}

export interface LetterFacts {
  /** The reader's side of the pair. */
  side: 'output' | 'input';
  /** Whether the reader is asked before the other side or after its yes. */
  position: 'first' | 'second';
  contactName: string | null;
  /** The reader's own flow: label of its category in the letter's language; quantity in the base unit a year. */
  flow: string;
  quantity: number | null;
  unit: BaseUnit;
  /** The other side as far as it may be described, its quantity in `unit` a year. */
  other: { description: CoarseDescription; unit: BaseUnit };
  /** Who holds the territory, as it signs. */
  territory: string;
  referentName: string | null;
  /** For `names` only. */
  partner: Partner | null;
}

/** The words of letters in one language. */
export class LetterWords extends Messages {
  constructor(
    language: 'fr' | 'en',
    messages: Record<string, string>,
    private readonly activities: readonly NafSubClass[],
  ) {
    super(language, messages);
  }

  /** What nobody has told: a field that has to be filled before the letter can go. */
  field(key: string): string {
    return `[[${this.say(`field.${key}`)}]]`;
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.language, { maximumSignificantDigits: 4 }).format(value);
  }

  /** @param amount in the unit a year, or words for it */
  quantity(amount: number | string, unit: BaseUnit): string {
    return this.say(`unit.${unit}`, { amount: typeof amount === 'number' ? this.number(amount) : amount });
  }

  /**
   * The label of what is kept of an activity; of the nearest level above that has one where it has none (class, group).
   * @param prefix as in `CoarseDescription.activity`
   * @returns null when nothing is said
   */
  activity(prefix: string): string | null {
    if (prefix === '') return null;
    const within = this.activities.find(({ code, section }) => section.code === prefix || code.startsWith(prefix.slice(0, 2)));
    if (within === undefined) return null;
    if (within.section.code === prefix) return within.section.label[this.language];
    return (this.activities.find(({ code }) => code === prefix) ?? within.division).label[this.language];
  }
}

/**
 * The text that an advisor begins with. It says no more of the other side than its description; what is not known is a
 * field in double brackets, or left out where the sentence reads well without.
 * @throws Error for `names` without a partner
 */
export function draftLetter(kind: LetterKind, facts: LetterFacts, words: LetterWords): Letter {
  const greeting = words.say('greeting', { name: facts.contactName ?? words.field('contact') });
  const closing = words.say('closing', { referent: facts.referentName ?? words.field('referent'), territory: facts.territory });
  const why = words.say('why', { link: kind === 'proposal' ? 'yes' : 'none' });
  const paragraphs = kind === 'proposal'
    ? [`${ownFlow(facts, words)} ${otherSide(facts, words)}`, words.say('proposal.ask', { link: LINK_PLACEHOLDER }), words.say(`secret.${facts.position}`)]
    : whoItIs(facts, words);
  return { subject: words.say(`${kind}.subject`, { flow: facts.flow }), body: `${[greeting, ...paragraphs, closing, `-- \n${why}`].join('\n\n')}\n` };
}

/** What the référent says on the phone, one point a line; as discreet as the letter. */
export function phonePoints(facts: LetterFacts, words: LetterWords): string[] {
  return [`${ownFlow(facts, words)} ${words.say('phone.current')}`, otherSide(facts, words), words.say(`secret.${facts.position}`), words.say('phone.ask')];
}

/** Names of the fields of a text that are left to fill, as they stand between the double brackets; the answer link is none. */
export function openFields(text: string): string[] {
  return [...text.replaceAll(LINK_PLACEHOLDER, '').matchAll(/\[\[([^[\]]*)\]\]/g)].map(([, name]) => name);
}

function ownFlow({ side, flow, quantity, unit }: LetterFacts, words: LetterWords): string {
  return words.say(`flow.${side}`, { flow, amount: quantity === null ? 'none' : words.quantity(quantity, unit) });
}

function otherSide({ side, position, other: { description, unit } }: LetterFacts, words: LetterWords): string {
  const { distance, quantity } = description;
  const place = distance === null ? { place: 'none', from: 0, to: 0 } : { place: distance.fromKm === 0 ? 'near' : 'band', from: distance.fromKm, to: distance.toKm };
  const other = words.say('other', { activity: words.activity(description.activity) ?? 'none', ...place });
  const amount = quantity === null ? 'none' : words.quantity(words.say('range', { from: words.number(quantity.from), to: words.number(quantity.to) }), unit);
  return words.say(`lead.${position}.${side}`, { other, amount });
}

function whoItIs({ side, flow, partner }: LetterFacts, words: LetterWords): string[] {
  if (partner === null) throw new Error('A letter of names needs the partner that it names');
  const { company, commune, contactName, position, email, phone } = partner;
  const reach = [phone, email].filter((way) => way !== null);
  return [
    words.say('names.agreed'),
    [
      commune === null ? company : words.say('names.commune', { company, commune }),
      words.say('names.person', { name: contactName ?? words.field('partner-contact'), position: position ?? 'none' }),
      ...(reach.length > 0 ? reach : [words.field('partner-reach')]),
    ].join('\n'),
    words.say('names.exchange', side === 'output' ? { output: flow, input: partner.flow } : { output: partner.flow, input: flow }),
    words.say('names.next'),
  ];
}
