import { Injectable } from '@nestjs/common';
import { loadMessages } from '../../config/load-config.js';
import { LANGUAGES, type Language } from '../access/access.entities.js';
import { newId } from '../companies/companies.queries.js';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { FieldError } from '../platform/problem.js';
import { Knowledge } from '../resources/knowledge.js';
import type { SideRow } from '../review/candidate-rows.queries.js';
import { commonWords } from './common-words.js';
import { coarsen, type CoarseDescription } from './description.js';
import { findIdentifiers, type Identifier } from './identifiers.js';
import type { MessageKind, Side } from './introductions.entities.js';
import { answerRows, bothFlows, flowsSeen, type IntroductionRow, type MessageRow, otherSide, standingAnswer } from './introductions.queries.js';
import { type ContactRow, contactsOfCompany, identityOf, knownSites } from './known-companies.queries.js';
import { draftLetter, type LetterFacts, LetterWords, phonePoints } from './letters.js';

type Flows = Record<Side, SideRow>;
/** Which text: of whom, and what for. */
export interface Wanted {
  side: Side;
  kind: MessageKind;
  flows: Flows;
}

/** Contact people of a side that this territory follows, by name. */
export async function contactsOf(tx: Transaction, introductionId: string, side: Side): Promise<ContactRow[]> {
  const [followed] = await tx.sql<{ companyId: string }>(
    `SELECT coalesce(k.merged_into_id, k.id) AS "companyId" FROM introduction_side s JOIN company k ON k.territory_id = s.territory_id AND k.id = s.company_id
     WHERE s.territory_id = $1 AND s.introduction_id = $2 AND s.side = $3`, [tx.context.territoryId, introductionId, side]);
  return followed === undefined ? [] : contactsOfCompany(tx, followed.companyId);
}

/** Writes the drafts of an introduction and says what is wrong with a text. Transactions are opened with `{ across: true }`. */
@Injectable()
export class LetterDrafts {
  private readonly words: Record<Language, LetterWords>;
  private readonly common: Set<string>;
  private readonly sectionOf: (naf: string) => string;

  constructor(private readonly knowledge: Knowledge) {
    const messages = Object.fromEntries(LANGUAGES.map((language) => [language, loadMessages('introductions', language)])) as Record<Language, Record<string, string>>;
    this.words = { fr: new LetterWords('fr', messages.fr, knowledge.activities), en: new LetterWords('en', messages.en, knowledge.activities) };
    this.common = commonWords(knowledge, Object.values(messages).flatMap((texts) => Object.values(texts)));
    this.sectionOf = (naf) => knowledge.naf(naf)?.section.code ?? '';
  }

  /** A new draft of a side, in the territory that follows it; to its first contact person who may be written to. */
  async write(own: Transaction, introduction: IntroductionRow, wanted: Wanted & { otherYesId: string | null; ownYesId: string | null }): Promise<string> {
    const contact = await this.usualContact(own, introduction.id, wanted.side);
    const { subject, body, language } = await this.compose(own, introduction, wanted, contact);
    const id = await newId(own);
    await own.sql(
      `INSERT INTO introduction_message (id, territory_id, introduction_id, side, other_side, first_side, kind, contact_id, recipient, language, subject, body, other_yes_id, own_yes_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [id, own.context.territoryId, introduction.id, wanted.side, otherSide(wanted.side), introduction.firstSide, wanted.kind, contact?.id ?? null, contact?.email ?? '', language, subject, body, wanted.otherYesId, wanted.ownYesId]);
    return id;
  }

  /** The standing draft of a side written anew, as when who is asked first has changed. */
  async rewrite(own: Transaction, introduction: IntroductionRow, wanted: Wanted): Promise<void> {
    const contact = await this.usualContact(own, introduction.id, wanted.side);
    const { subject, body, language } = await this.compose(own, introduction, wanted, contact);
    await own.sql(
      `UPDATE introduction_message SET approval_id = NULL, contact_id = $5, recipient = $6, language = $7, subject = $8, body = $9
       WHERE territory_id = $1 AND introduction_id = $2 AND side = $3 AND kind = $4 AND released_at IS NULL AND replaced_by IS NULL`,
      [own.context.territoryId, introduction.id, wanted.side, wanted.kind, contact?.id ?? null, contact?.email ?? '', language, subject, body]);
  }

  /** The same text as a draft of its own, in the place of one that cannot be sent again. @returns its id */
  async again(own: Transaction, introduction: IntroductionRow, message: MessageRow, flows: Flows): Promise<string> {
    const id = await newId(own);
    await own.sql('UPDATE introduction_message SET replaced_by = $3 WHERE territory_id = $1 AND id = $2', [own.context.territoryId, message.id, id]);
    const contact = (await contactsOf(own, introduction.id, message.side)).find((one) => one.id === message.contactId) ?? await this.usualContact(own, introduction.id, message.side);
    const { language } = contact ?? await this.compose(own, introduction, { side: message.side, kind: message.kind, flows }, null);
    // It rests on what the sides say now, which may have been said anew since.
    const standingYes = async (side: Side): Promise<string | null> => own.asTerritory(flows[side].territoryId, async (there) => {
      const standing = standingAnswer(await answerRows(there, introduction.id), side);
      return standing?.answer === 'interested' ? standing.id : null;
    });
    const yes = { other: await standingYes(otherSide(message.side)), own: await standingYes(message.side) };
    await own.sql(
      `INSERT INTO introduction_message (id, territory_id, introduction_id, side, other_side, first_side, kind, contact_id, recipient, language, subject, body, other_yes_id, own_yes_id)
       SELECT $3, territory_id, introduction_id, side, other_side, first_side, kind, $4, $5, $6, subject, body,
         CASE WHEN kind = 'names' THEN coalesce($7::uuid, other_yes_id) WHEN side <> first_side THEN $7::uuid END, CASE WHEN kind = 'names' THEN coalesce($8::uuid, own_yes_id) END
       FROM introduction_message WHERE territory_id = $1 AND id = $2`,
      [own.context.territoryId, message.id, id, contact?.id ?? null, contact?.email ?? '', language, yes.other, yes.own]);
    return id;
  }

  /** Both have said yes: a text for each that says who the other is. Written before: the first words stand, to be looked at again. */
  async writeNames(tx: Transaction, introduction: IntroductionRow, { side, yesId, otherYesId, there }: { side: Side; yesId: string; otherYesId: string; there: string }): Promise<void> {
    const flows = await flowsSeen(tx, introduction);
    // The territories' agreement has ended: the answer stands, and nobody is told a name.
    if (flows === null) return;
    const write = async (own: Transaction, whose: Side, ownYesId: string, othersYesId: string): Promise<void> => {
      const standing = await own.sql("SELECT 1 FROM introduction_message WHERE territory_id = $1 AND introduction_id = $2 AND side = $3 AND kind = 'names' AND replaced_by IS NULL", [own.context.territoryId, introduction.id, whose]);
      if (standing.length === 0) await this.write(own, introduction, { side: whose, kind: 'names', flows, ownYesId, otherYesId: othersYesId });
    };
    await write(tx, side, yesId, otherYesId);
    await tx.asTerritory(there, (own) => write(own, otherSide(side), otherYesId, yesId));
  }

  /** A letter as its templates say it. */
  async compose(own: Transaction, introduction: IntroductionRow, wanted: Wanted, contact: Pick<ContactRow, 'name' | 'language'> | null): Promise<{ subject: string; body: string; language: Language }> {
    const language = contact?.language ?? 'fr';
    return { ...draftLetter(wanted.kind, await this.facts(own, introduction, wanted, contact, language), this.words[language]), language };
  }

  /** What stands for the answer link where the text is read on its own answer page. */
  linkWords(language: Language): string {
    return this.words[language].say('answer.below');
  }

  /** What a référent says on the phone, and how many known companies fit what that tells of the other side. @param language of the référent */
  async spoken(own: Transaction, introduction: IntroductionRow, side: Side, flows: Flows, language: Language): Promise<{ points: string[]; fitting: number }> {
    const facts = await this.facts(own, introduction, { side, kind: 'proposal', flows }, null, language);
    return { points: phonePoints(facts, this.words[language]), fitting: facts.other.description.fitting };
  }

  /** How many known companies fit what a side is told of the other. */
  async fitting(own: Transaction, introduction: IntroductionRow, side: Side): Promise<number> {
    return (await this.describe(own, introduction, side, await bothFlows(own, introduction))).fitting;
  }

  /** What makes the other side identifiable in a text. */
  async findings(own: Transaction, introduction: IntroductionRow, message: Pick<MessageRow, 'side' | 'subject' | 'body' | 'contactId'>): Promise<{ field: 'subject' | 'body'; identifier: Identifier }[]> {
    const flows = await bothFlows(own, introduction);
    const [reader, other] = [flows[message.side], flows[otherSide(message.side)]];
    const identity = await own.asTerritory(other.territoryId, (there) => identityOf(there, other.companyId));
    const readers = await own.asTerritory(reader.territoryId, (here) => identityOf(here, reader.companyId));
    const [{ territory }] = await own.sql<{ territory: string }>('SELECT name AS territory FROM territory WHERE id = $1', [reader.territoryId]);
    const referentName = await nameOf(own, reader.referentId);
    const allowed = {
      commonWords: this.common,
      communesAllowed: [...readers.communes, territory],
      phrasesAllowed: [...readers.names, ...readers.tradeNames, ...readers.people, territory, ...(referentName === null ? [] : [referentName])],
    };
    return (['subject', 'body'] as const).flatMap((field) => findIdentifiers(message[field], identity, allowed).map((identifier) => ({ field, identifier })));
  }

  /** The same as errors of the fields. */
  async identifying(own: Transaction, introduction: IntroductionRow, message: MessageRow): Promise<FieldError[]> {
    return (await this.findings(own, introduction, message)).map(({ field, identifier: { kind, at, length, found } }) => ({
      field, code: `identifies-${kind}`, found: `${found} (characters ${at + 1} to ${at + length})`, expected: 'nothing that tells who the other company is, before both have said yes',
    }));
  }

  private async usualContact(own: Transaction, introductionId: string, side: Side): Promise<ContactRow | null> {
    const contacts = await contactsOf(own, introductionId, side);
    return contacts.find(({ email, opposedToMail }) => email !== null && !opposedToMail) ?? contacts.find(({ opposedToMail }) => !opposedToMail) ?? null;
  }

  private async describe(own: Transaction, introduction: IntroductionRow, side: Side, flows: Flows): Promise<CoarseDescription> {
    const [reader, other] = [flows[side], flows[otherSide(side)]];
    const known = await knownSites(own, { reader, category: other.category, direction: otherSide(side), across: introduction.partnerTerritoryId !== null });
    const site = known.find(({ siteId }) => siteId === other.siteId);
    const described = { naf: site?.naf ?? other.naf, distanceKm: site?.distanceKm ?? null, quantity: other.quantity };
    return coarsen(described, known.map((one) => (one.siteId === other.siteId ? { ...one, quantity: other.quantity } : one)), this.sectionOf);
  }

  private async facts(own: Transaction, introduction: IntroductionRow, { side, kind, flows }: Wanted, contact: Pick<ContactRow, 'name'> | null, language: Language): Promise<LetterFacts> {
    const [reader, other] = [flows[side], flows[otherSide(side)]];
    const label = (flow: SideRow): string => this.knowledge.category(flow.category)?.label[language] ?? flow.category;
    const unit = (flow: SideRow): LetterFacts['unit'] => this.knowledge.category(flow.category)?.baseUnit ?? 't';
    const description = kind === 'names' ? { activity: '', distance: null, quantity: null, fitting: 0 } : await this.describe(own, introduction, side, flows);
    return {
      side, position: side === introduction.firstSide ? 'first' : 'second', contactName: contact?.name ?? null, flow: label(reader), quantity: reader.quantity, unit: unit(reader),
      other: { description, unit: unit(other) }, territory: reader.territory, referentName: await nameOf(own, reader.referentId),
      partner: kind !== 'names' ? null : { ...await this.partner(own, introduction, side, other), flow: label(other) },
    };
  }

  /** Who the other side is: only for a text that needs both yes. */
  private async partner(own: Transaction, introduction: IntroductionRow, side: Side, other: SideRow): Promise<Omit<NonNullable<LetterFacts['partner']>, 'flow'>> {
    const contact = await own.asTerritory(other.territoryId, (there) => this.usualContact(there, introduction.id, otherSide(side)));
    return { company: other.companyName, commune: other.commune, contactName: contact?.name ?? null, position: contact?.position ?? null, email: contact?.email ?? null, phone: contact?.phone ?? null };
  }
}

/** A colleague's name. Asked in the territory they belong to: read across a border, a flow does not tell it. */
async function nameOf(own: Transaction, personId: string | null): Promise<string | null> {
  if (personId === null) return null;
  const [person] = await own.sql<{ name: string }>('SELECT name FROM person WHERE id = $1', [personId]);
  return person?.name ?? null;
}
