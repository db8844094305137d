import { expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { AnswerByLink } from '../../src/introductions/answer-by-link.js';
import { newAnswerToken } from '../../src/introductions/answer-token.js';
import { ApproveMessage } from '../../src/introductions/approve-message.js';
import { ChooseFirstSide } from '../../src/introductions/choose-first-side.js';
import { ChooseWay } from '../../src/introductions/choose-way.js';
import { EditMessage } from '../../src/introductions/edit-message.js';
import { NoteAnswer } from '../../src/introductions/note-answer.js';
import { NoteStep } from '../../src/introductions/note-step.js';
import { NoteWish } from '../../src/introductions/note-wish.js';
import { RecallMessage } from '../../src/introductions/recall-message.js';
import { RecordOutcome } from '../../src/introductions/record-outcome.js';
import { ReleaseMessage } from '../../src/introductions/release-message.js';
import { SendCompanyMail } from '../../src/introductions/send-company-mail.js';
import { SettleMessage } from '../../src/introductions/settle-message.js';
import { WithdrawApproval } from '../../src/introductions/withdraw-approval.js';
import type { Context } from '../../src/platform/context.js';
import { type Transaction, UnitOfWork } from '../../src/platform/postgres/unit-of-work.js';
import { Problem } from '../../src/platform/problem.js';
import { type Act, change, type Command, type Crash, goingOn, told } from './introduction-commands.js';
import { type ApprovedText, bodyOf, expectAsModel, expectPromise } from './introduction-checks.js';
import { type Actor, IntroductionModel, type Kind, type Manner, otherOf, type Side } from './introduction-model.js';
import { moreOf } from './introduction-requests.js';
import { type AcceptedLead, type IntroductionWorld, LINK_SECRET, tokenIn } from './introduction-world.js';
import type { Manner as SmtpManner } from './smtp-recorder.js';
import { makePerson } from './world.js';

export const START = new Date('2026-11-23T07:00:00Z');
const SIDES = ['output', 'input'] as const;

/** A transaction that ended where no one had planned it. */
class Cut extends Error {}
class Lost extends Error {}
/** The mailer's process is gone: nothing of it runs any more. */
class Killed extends Error {}

const SMTP: Partial<Record<Manner, SmtpManner>> = {
  'hang-up': 'hang-up', 'recipient-later': { refuse: 450, at: 'recipient' }, 'recipient-never': { refuse: 550, at: 'recipient' }, 'text-later': { refuse: 451, at: 'text' }, 'text-never': { refuse: 554, at: 'text' },
};

/** One introduction, told to the model and to the real services on the real database and mail server. */
export class IntroductionStory {
  readonly model: IntroductionModel;
  private readonly people: Partial<Record<Actor, Context>>;
  /** What was on file when it was approved, by message. */
  private readonly approved = new Map<string, ApprovedText>();
  readonly counts: Record<string, number> = {};

  private constructor(private readonly world: IntroductionWorld, private readonly lead: AcceptedLead, private readonly id: string, across: boolean, people: Partial<Record<Actor, Context>>) {
    this.model = new IntroductionModel(across, { output: lead.contact.output.email, input: lead.contact.input.email }, START.getTime());
    this.people = { output: lead.referent.output, input: lead.referent.input, ...people };
  }

  static async begin(world: IntroductionWorld, across: boolean, stranger: Context): Promise<IntroductionStory> {
    world.database.clock.set(START);
    world.smtp.mails.length = 0;
    world.smtp.manners.length = 0;
    const lead = await world.acceptedLead({ across, crowd: 0 });
    const [delegate, colleague] = [await makePerson(world.database, lead.territoryId, ['advisor']), await makePerson(world.database, lead.territoryId, ['advisor'])];
    return new IntroductionStory(world, lead, await world.open(lead), across, { delegate, colleague, stranger });
  }

  private async rows<Row extends object>(query: string, parameters: unknown[] = [this.id]): Promise<Row[]> {
    return (await this.world.database.admin.query<Row>(query, parameters)).rows;
  }

  async apply(command: Command): Promise<void> {
    const { model, world } = this;
    model.now += 1_000;
    world.database.clock.set(new Date(model.now));
    switch (command.type) {
      case 'act': return this.act(command.who, command.act, command.stale, command.crash);
      case 'send': case 'yes': {
        for (const { who, act } of goingOn(model, command)) await this.act(who, act, false, 'none');
        if (command.type === 'yes') return;
        if (command.but !== null) await this.apply(command.but);
        return this.deliver(command.manner);
      }
      case 'deliver': return this.deliver(command.manner);
      case 'link': return this.link(command);
      case 'change': {
        change(model, command);
        return this.change();
      }
      case 'time': {
        model.now += command.seconds * 1_000;
        world.database.clock.set(new Date(model.now));
      }
    }
  }

  /** The real one first, since only it knows whether a crash came before its end. */
  private async act(who: Actor, act: Act, stale: boolean, crash: Crash): Promise<void> {
    // People of these roles do not come through the door; which routes that is, the walk over all routes shows.
    if (who === 'analyst' || who === 'contributor') return void expect(told(this.model, who, act, stale)).toBe('forbidden');
    const result = await this.crashing(crash, () => this.really(who, act, stale));
    this.count(`${act.type} ${result}`);
    if (result === 'cut') return this.compare();
    const expected = told(this.model, who, act, stale);
    if (result !== 'lost' && result !== expected) throw new Error(`${JSON.stringify(act)} by ${who}: ${result} instead of ${expected}; ${JSON.stringify(this.lastRefusal?.errors)}`);
    if (act.type === 'approve' && expected === 'ok') await this.keepApproved(act.side, act.kind);
    await this.compare();
  }

  /** For whoever reads a failure. */
  private lastRefusal: Problem | null = null;

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  private async really(who: Actor, act: Act, stale: boolean): Promise<unknown> {
    const { world, id } = this;
    const context = this.people[who];
    if (context === undefined) throw new Error(`Nobody is ${who}`);
    const version = this.model.version + (stale ? 1_000 : 0);
    const messageId = 'kind' in act ? await this.messageId(act.side, act.kind) : '';
    switch (act.type) {
      case 'first-side': return world.get(ChooseFirstSide).execute(context, id, version, { firstSide: act.side, reason: 'Elle attend une réponse' });
      case 'way': return world.get(ChooseWay).execute(context, id, version, { side: act.side, way: 'message' });
      case 'edit': {
        const { contact, companyName } = this.lead;
        const patch = act.text === 'draft' ? { contactId: contact[act.side].id } : { body: bodyOf(act.text, act.kind, `${companyName[otherOf(act.side)]}, ${contact[otherOf(act.side)].name}`) };
        return world.get(EditMessage).execute(context, id, messageId, version, patch);
      }
      case 'approve': {
        const [row] = await this.rows<{ hash: string }>("SELECT encode(text_hash, 'hex') AS hash FROM introduction_message WHERE id = $1", [messageId]);
        return world.get(ApproveMessage).execute(context, id, messageId, version, { textHash: act.wrongHash ? '0'.repeat(64) : (row?.hash ?? ''), fewAccepted: true });
      }
      case 'withdraw': return world.get(WithdrawApproval).execute(context, id, messageId, version);
      case 'release': return world.get(ReleaseMessage).execute(context, id, messageId, version);
      case 'recall': return world.get(RecallMessage).execute(context, id, messageId, version);
      case 'settle': return world.get(SettleMessage).execute(context, id, messageId, version, { what: act.what });
      case 'answer': return world.get(NoteAnswer).execute(context, id, version, { side: act.side, answer: act.answer, way: 'phone', ...this.more(act.answer) });
      case 'wish': return world.get(NoteWish).execute(context, id, version, act);
      case 'step': return world.get(NoteStep).execute(context, id, version, { step: act.step, note: 'note', ...(act.step === 'dropped' ? { reason: 'too-far' } : {}) });
      case 'outcome': return world.get(RecordOutcome).execute(context, id, version, { quantity: 10, unit: 't', startedOn: '2026-11-01' });
    }
  }

  private more(answer: string): ReturnType<typeof moreOf> {
    return moreOf(answer, new Date(this.model.now + 40 * 86_400_000).toISOString().slice(0, 10));
  }

  private async messageId(side: Side, kind: Kind): Promise<string> {
    const [row] = await this.rows<{ id: string }>('SELECT id FROM introduction_message WHERE introduction_id = $1 AND side = $2 AND kind = $3 AND replaced_by IS NULL', [this.id, side, kind]);
    return row?.id ?? randomUUID();
  }

  private async keepApproved(side: Side, kind: Kind): Promise<void> {
    const id = await this.messageId(side, kind);
    const [text] = await this.rows<ApprovedText>('SELECT recipient, subject, body FROM introduction_message WHERE id = $1', [id]);
    this.approved.set(id, text);
  }

  /** @returns `ok`, the code of a refusal, `cut`, or `lost` */
  private async crashing(crash: Crash, work: () => Promise<unknown>): Promise<string> {
    const unit = this.world.get(UnitOfWork);
    const whole = UnitOfWork.prototype.write.bind(unit) as UnitOfWork['write'];
    unit.write = async (context, part, options) => {
      const result = await whole(context, (tx) => part(crash === 'none' || crash === 'lost' ? tx : cutAfter(crash, tx)), options);
      if (crash === 'lost') throw new Lost();
      return result;
    };
    try {
      await work();
      return 'ok';
    } catch (error) {
      if (error instanceof Cut) return 'cut';
      if (error instanceof Lost) return 'lost';
      if (error instanceof Problem) {
        this.lastRefusal = error;
        return error.code;
      }
      throw error;
    } finally {
      unit.write = whole;
    }
  }

  /** The worker's queue brings every text that waits; the first one meets the manner. */
  private async deliver(manner: Manner): Promise<void> {
    const { model, world } = this;
    for (const [turn, at] of model.waiting().entries()) {
      const of = turn === 0 ? manner : 'take';
      const message = model.messages[at];
      const [row] = await this.rows<{ id: string }>(
        'SELECT id FROM introduction_message WHERE introduction_id = $1 AND side = $2 AND kind = $3 ORDER BY id OFFSET $4 LIMIT 1',
        [this.id, message.side, message.kind, model.messages.slice(0, at).filter((one) => one.side === message.side && one.kind === message.kind).length]);
      const before = world.smtp.mails.length;
      const mailsBefore = model.mails.length;
      const manners = SMTP[of];
      if (manners !== undefined) world.smtp.manners.push(manners);
      const result = await this.mailer(of).execute(row.id).catch((error: unknown) => {
        if (error instanceof Killed) return 'killed';
        throw error;
      });
      world.smtp.manners.length = 0;
      const expected = model.deliver(at, of);
      this.count(`mailer ${result}`);
      expect([message, of, result]).toEqual([message, of, expected]);
      const arrived = world.smtp.mails.slice(before);
      expect(arrived.map(({ kept }) => kept)).toEqual(model.mails.slice(mailsBefore).map(({ kept }) => kept));
      for (const mail of arrived) {
        await expectPromise(world.database.admin, this.id, mail, { approved: this.approved, tells: (side) => this.tells(side), at: new Date(model.now) });
        expect(world.smtp.mails.filter((one) => one.messageId === mail.messageId && one.kept).length).toBeLessThanOrEqual(1);
      }
      await this.compare();
    }
  }

  private mailer(manner: Manner): SendCompanyMail {
    const { world } = this;
    const env = manner === 'away' ? Object.assign(Object.create(world.env) as typeof world.env, { SMTP_URL: 'smtp://127.0.0.1:1' }) : world.env;
    return new SendCompanyMail(new CrashingMailer(world, manner), env);
  }

  private tells(side: Side): string[] {
    const { companyName, contact } = this.lead;
    return [companyName[side], contact[side].name, contact[side].email, '05 63 00 00 01'];
  }

  private async link({ pick, answer, token, twice, crash }: Extract<Command, { type: 'link' }>): Promise<void> {
    const { model, world } = this;
    const known = model.mails.flatMap(({ link }, at) => (link === null ? [] : [{ link, text: world.smtp.mails[at].text }]));
    if (known.length === 0 && token === 'good') return;
    const chosen = known[known.length === 0 ? 0 : pick % known.length];
    const link = token === 'good' ? chosen.link : null;
    const real = token === 'good' ? tokenIn(chosen.text) : token === 'foreign' ? newAnswerToken(LINK_SECRET) : `${newAnswerToken(LINK_SECRET).slice(0, -3)}abc`;
    const input = { token: real, answerId: randomUUID(), answer, ...this.more(answer) };
    const say = (): Promise<string> => this.crashing('none', () => world.get(AnswerByLink).execute(input, null));
    // Opening it, as mail scanners do, answers nothing.
    await world.get(AnswerByLink).look(real, null).catch(() => undefined);
    await this.compare();
    const result = await this.crashing(crash, () => world.get(AnswerByLink).execute(input, null));
    this.count(`link ${result}`);
    if (result === 'cut') return this.compare();
    const expected = model.answerByLink(link, answer);
    expect([answer, token, result === 'lost' ? 'ok' : result]).toEqual([answer, token, expected]);
    if (twice || result === 'lost') expect(await say()).toBe(expected);
    await this.compare();
  }

  /** Writes the facts of the model around the introduction, by the administrator. */
  private async change(): Promise<void> {
    const { model, lead } = this;
    for (const side of SIDES) {
      const { email, opposed, agreement, wish, withdrawn } = model.facts[side];
      const { companyId, flowId } = lead.flows[side];
      await this.rows('UPDATE contact_person SET email = $2, opposed_to_mail = $3 WHERE id = $1', [lead.contact[side].id, email, opposed]);
      await this.rows('UPDATE confidentiality_agreement SET valid_until = $2 WHERE company_id = $1', [companyId, agreement ? null : '2026-01-02']);
      await this.rows('UPDATE flow SET wish = $2, withdrawn_at = $3 WHERE id = $1', [flowId, wish, withdrawn ? START : null]);
    }
    await this.rows('UPDATE territory_agreement SET ended_at = $2 WHERE $1 IN (territory_a_id, territory_b_id)', [lead.territoryId, model.bordersOpen ? null : START]);
    await this.rows('DELETE FROM absence WHERE territory_id = $1', [lead.territoryId]);
    if (model.absent) await this.rows("INSERT INTO absence (territory_id, person_id, from_day, to_day, delegate_id) VALUES ($1, $2, '2026-11-01', '2036-12-31', $3)", [lead.territoryId, lead.referent.output.personId, this.people.delegate?.personId]);
  }

  private compare(): Promise<void> {
    return expectAsModel(this.world.database.admin, this.id, this.model, this.lead.contact);
  }

  /** The tick finds what a killed mailer left; then every text that may have left is shown as such, and none that did not as sent. */
  async end(): Promise<void> {
    await this.apply({ type: 'time', seconds: 20 });
    for (const { id } of await this.rows<{ id: string }>("SELECT id FROM introduction_message WHERE introduction_id = $1 AND delivery = 'sending'")) expect(await this.world.sender.execute(id)).toBe('in-doubt');
    const messages = await this.rows<{ id: string; delivery: string | null }>('SELECT id, delivery FROM introduction_message WHERE introduction_id = $1');
    for (const { id, delivery } of messages) {
      const kept = this.world.smtp.mails.filter((mail) => mail.kept && mail.messageId === `<${id}@example.org>`).length;
      if (kept > 0) expect([1, 'sent', 'in-doubt']).toEqual(expect.arrayContaining([kept, delivery]));
      if (delivery === 'sent') expect(kept).toBe(1);
      const trail = await this.rows<{ action: string }>("SELECT action FROM audit_event WHERE subject_id = $1 AND data ->> 'messageId' = $2 ORDER BY id", [this.id, id]);
      if (delivery !== null) expect(trail.map(({ action }) => action)).toContain(`message.${delivery}`);
    }
  }
}

/** The same transaction, ended before one of its statements. */
function cutAfter(statements: number, tx: Transaction): Transaction {
  let left = statements;
  const query = tx.entities.query.bind(tx.entities);
  tx.entities.query = (async (...parameters: Parameters<typeof query>) => {
    if (left === 0) throw new Cut();
    left -= 1;
    return query(...parameters);
  }) as typeof query;
  return tx;
}

/** The mailer's transactions as a process has them that is killed, or whose connection goes, while it sends. */
class CrashingMailer extends UnitOfWork {
  private turn = 0;

  constructor(world: IntroductionWorld, private readonly manner: Manner) {
    super(world.mailerSource, () => world.database.clock.now());
  }

  override async write<T>(...[context, work, options]: Parameters<UnitOfWork['write']>): Promise<T> {
    const plain = (): Promise<T> => super.write<T>(context, work as (tx: Transaction) => Promise<T>, options);
    // The one that sends, and what is tried after it, are of the message's territory.
    if (context.territoryId === '') return plain();
    this.turn += 1;
    switch (this.manner) {
      case 'killed-before': throw new Killed();
      case 'killed-after': return super.write<T>(context, async (tx) => {
        await work(tx);
        throw new Killed();
      }, options);
      case 'note-cut': return this.turn > 1 ? plain() : super.write<T>(context, async (tx) => {
        await work(tx);
        throw Object.assign(new Error('cut'), { code: 'ECONNRESET' });
      }, options);
      case 'note-lost': {
        const result = await plain();
        if (this.turn > 1) return result;
        throw Object.assign(new Error('lost'), { code: 'ECONNRESET' });
      }
      default: return plain();
    }
  }
}
