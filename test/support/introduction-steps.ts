import { expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { AnswerByLink } from '../../src/introductions/answer-by-link.js';
import { ApproveMessage } from '../../src/introductions/approve-message.js';
import { EditMessage, type MessagePatch } from '../../src/introductions/edit-message.js';
import type { AnswerKind } from '../../src/introductions/mediation.js';
import { NoteAnswer } from '../../src/introductions/note-answer.js';
import { NoteStep, type StepInput } from '../../src/introductions/note-step.js';
import { ReleaseMessage } from '../../src/introductions/release-message.js';
import { type Settlement, SettleMessage } from '../../src/introductions/settle-message.js';
import type { Context } from '../../src/platform/context.js';
import { DecideCandidate } from '../../src/review/decide-candidate.js';
import { type AcceptedLead, type IntroductionWorld, makeLead, tokenIn } from './introduction-world.js';

type Side = 'output' | 'input';
type Kind = 'proposal' | 'names';

export interface StoredMessage {
  id: string;
  subject: string;
  body: string;
  recipient: string;
  hash: string;
  approved: boolean;
  released: boolean;
  delivery: string | null;
  attempts: number;
  error: string | null;
  settled: string | null;
}

/** What the people of one introduction do, each having loaded it just before. */
export class Steps {
  private constructor(readonly world: IntroductionWorld, readonly lead: AcceptedLead, readonly id: string) {}

  static async open(world: IntroductionWorld, options?: Parameters<IntroductionWorld['acceptedLead']>[0]): Promise<Steps> {
    const lead = await world.acceptedLead(options);
    return new Steps(world, lead, await world.open(lead));
  }

  /** Another one of the same territory and people. @param n in its names */
  static async openBeside({ world, lead: { referent, territoryId } }: Steps, n: number): Promise<Steps> {
    const people = { output: referent.output.personId, input: referent.input.personId };
    const lead = await makeLead(world.database, { n, territory: { output: territoryId, input: referent.input.territoryId }, referent: people });
    const { decisionId } = await world.get(DecideCandidate).execute(referent.output, lead.candidateId, 1, { verdict: 'accept' });
    const accepted = { ...lead, decisionId, territoryId, referent };
    return new Steps(world, accepted, await world.open(accepted));
  }

  who(side: Side): Context & { personId: string } {
    return this.lead.referent[side];
  }

  async introduction(): Promise<{ version: number; step: string; closed: boolean }> {
    const { rows } = await this.world.database.admin.query<{ version: number; step: string; closed: boolean }>('SELECT version, step, closed_at IS NOT NULL AS closed FROM introduction WHERE id = $1', [this.id]);
    return rows[0];
  }

  async version(): Promise<number> {
    return (await this.introduction()).version;
  }

  /** The standing text of a side, as it is stored. */
  async message(side: Side, kind: Kind = 'proposal'): Promise<StoredMessage> {
    const { rows } = await this.world.database.admin.query<StoredMessage>(
      `SELECT id, subject, body, recipient, encode(text_hash, 'hex') AS hash, approval_id IS NOT NULL AS approved, released_at IS NOT NULL AS released, delivery, attempts, last_error AS error, settled
       FROM introduction_message WHERE introduction_id = $1 AND side = $2 AND kind = $3 AND replaced_by IS NULL`, [this.id, side, kind]);
    if (rows[0] === undefined) throw new Error(`The ${side} has no text for ${kind}`);
    return rows[0];
  }

  async edit(side: Side, patch: MessagePatch, kind: Kind = 'proposal'): Promise<void> {
    await this.world.get(EditMessage).execute(this.who(side), this.id, (await this.message(side, kind)).id, await this.version(), patch);
  }

  async approve(side: Side, kind: Kind = 'proposal', more: { who?: Context; version?: number; hash?: string; fewAccepted?: boolean } = {}): Promise<void> {
    const { id, hash } = await this.message(side, kind);
    await this.world.get(ApproveMessage).execute(more.who ?? this.who(side), this.id, id, more.version ?? await this.version(), { textHash: more.hash ?? hash, fewAccepted: more.fewAccepted });
  }

  async release(side: Side, kind: Kind = 'proposal'): Promise<void> {
    await this.world.get(ReleaseMessage).execute(this.who(side), this.id, (await this.message(side, kind)).id, await this.version());
  }

  /** Approves, releases, and lets the mailer do its work. @returns what became of the text */
  async send(side: Side, kind: Kind = 'proposal'): Promise<string> {
    await this.approve(side, kind);
    await this.release(side, kind);
    const { id } = await this.message(side, kind);
    return this.world.sender.execute(id);
  }

  async deliver(side: Side, kind: Kind = 'proposal'): Promise<string> {
    return this.world.sender.execute((await this.message(side, kind)).id);
  }

  async settle(side: Side, what: Settlement, kind: Kind = 'proposal', note?: string): Promise<string> {
    const settled = await this.world.get(SettleMessage).execute(this.who(side), this.id, (await this.message(side, kind)).id, await this.version(), { what, note });
    return settled.messageId;
  }

  async phone(side: Side, answer: AnswerKind, more: { until?: string; comment?: string; answerId?: string } = {}): Promise<void> {
    await this.world.get(NoteAnswer).execute(this.who(side), this.id, await this.version(), { side, answer, way: 'phone', ...more });
  }

  /** The token that the last mail to that side holds. */
  token(side: Side): string {
    const mail = this.world.smtp.mails.findLast(({ to, text }) => to === this.lead.contact[side].email && text.includes('token='));
    return tokenIn(mail?.text ?? '');
  }

  async link(side: Side, answer: Exclude<AnswerKind, 'declined'>, more: { until?: string; comment?: string; token?: string } = {}): Promise<void> {
    const { token, ...input } = more;
    await this.world.get(AnswerByLink).execute({ token: token ?? this.token(side), answerId: randomUUID(), answer, ...input }, null);
  }

  async step(who: Context, input: StepInput): Promise<void> {
    await this.world.get(NoteStep).execute(who, this.id, await this.version(), input);
  }
}

/** A Problem as a test expects it. @param field that it names, whatever else it names */
export function refusal(code: string, status: number, field?: string): object {
  return { code, status, ...(field === undefined ? {} : { errors: expect.arrayContaining([expect.objectContaining({ field })]) as unknown }) };
}
