import { type AnswerKind, isFinal, isOpen, mayFollow, type NotedStep, type Stage, stageOfAnswers } from '../../src/introductions/mediation.js';
import { retryAfterMs } from '../../src/introductions/send-company-mail.js';

export type Side = 'output' | 'input';
export type Kind = 'proposal' | 'names';
export const otherOf = (side: Side): Side => (side === 'output' ? 'input' : 'output');

/** Who acts: the référent of either side, who stands in for the first, colleagues, and people of other roles or places. */
export type Actor = 'output' | 'input' | 'delegate' | 'colleague' | 'stranger' | 'analyst' | 'contributor';
/** What a text is like; `leaks` names the other side. */
export type TextKind = 'draft' | 'plain' | 'odd' | 'open-field' | 'no-link' | 'leaks';
/** What the SMTP server, or the mailer's own process, does with the next mail. */
export type Manner = 'take' | 'hang-up' | 'away' | 'recipient-later' | 'recipient-never' | 'text-later' | 'text-never' | 'killed-before' | 'killed-after' | 'note-cut' | 'note-lost';

export interface ModelMessage {
  side: Side;
  kind: Kind;
  text: TextKind;
  hasContact: boolean;
  recipient: string;
  approved: boolean;
  otherYes: number | null;
  ownYes: number | null;
  /** Order of releases; null: not released. */
  released: number | null;
  /** When it was released last, ms. */
  releasedAt: number;
  delivery: null | 'sending' | 'sent' | 'refused' | 'withheld' | 'in-doubt';
  attempts: number;
  since: number;
  withheldFor: string | null;
  settled: 'arrived' | 'bounced' | 'given-up' | null;
  replaced: boolean;
}

interface ModelLink {
  message: number;
  side: Side;
  expires: number;
  used: boolean;
}

/** A text that reached the server whole; `kept`: it took it, or went without a word. */
export interface ModelMail {
  message: number;
  link: number | null;
  kept: boolean;
  /** What stood at that moment. */
  approved: boolean;
  leaks: boolean;
  firstYes: boolean;
  bothYes: boolean;
  opposed: boolean;
  agreed: boolean;
}

const LINK_MS = 30 * 86_400_000;
const OF_ANSWERS: readonly Stage[] = ['prepared', 'asked', 'interested', 'both'];
type Answer = { side: Side; answer: AnswerKind };

/** The rules of one introduction in memory, over the pure files of the room. Each act answers `ok`, or the code of its refusal. */
export class IntroductionModel {
  stage: Stage = 'prepared';
  closed = false;
  firstSide: Side = 'output';
  version = 1;
  now: number;
  readonly answers: Answer[] = [];
  readonly messages: ModelMessage[] = [];
  readonly links: ModelLink[] = [];
  readonly mails: ModelMail[] = [];
  outcomes = 0;
  approvals = 0;
  private releases = 0;
  absent = false;
  bordersOpen = true;
  readonly facts: Record<Side, { email: string | null; opposed: boolean; agreement: boolean; wish: 'yes' | 'no' | 'not-asked'; withdrawn: boolean }>;

  constructor(readonly across: boolean, emails: Record<Side, string>, now: number) {
    this.now = now;
    const fact = (side: Side): IntroductionModel['facts'][Side] => ({ email: emails[side], opposed: false, agreement: true, wish: 'yes', withdrawn: false });
    this.facts = { output: fact('output'), input: fact('input') };
    for (const side of ['output', 'input'] as const) this.write(side, 'proposal', null, null);
  }

  follows(who: Actor, side: Side): boolean {
    return !this.across || (who === 'input' ? side === 'input' : side === 'output');
  }

  standing(side: Side, kind: Kind): number {
    return this.messages.findIndex((message) => message.side === side && message.kind === kind && !message.replaced);
  }

  word(side: Side): number | null {
    const last = this.answers.findLastIndex((one) => one.side === side && one.answer !== 'question');
    return last === -1 ? null : last;
  }

  saysYes(side: Side): boolean {
    const last = this.word(side);
    return last !== null && this.answers[last].answer === 'interested';
  }

  private get flowsGone(): boolean {
    return this.across && !this.bordersOpen;
  }

  private write(side: Side, kind: Kind, otherYes: number | null, ownYes: number | null): void {
    this.messages.push({
      side, kind, ...this.draft(side, kind), approved: false, otherYes, ownYes, released: null, releasedAt: 0, delivery: null, attempts: 0, since: 0, withheldFor: null, settled: null, replaced: false,
    });
  }

  /** To the usual contact: nobody, where the only one is opposed. Who is not told of stays an open field. */
  private draft(side: Side, kind: Kind): Pick<ModelMessage, 'text' | 'hasContact' | 'recipient'> {
    const { email, opposed } = this.facts[side];
    return opposed ? { text: 'open-field', hasContact: false, recipient: '' } : { text: this.drafted(side, kind), hasContact: true, recipient: email ?? '' };
  }

  private drafted(side: Side, kind: Kind): TextKind {
    return kind === 'names' && this.facts[otherOf(side)].opposed ? 'open-field' : 'draft';
  }

  private door(who: Actor, stale: boolean): string | null {
    if (who === 'analyst' || who === 'contributor') return 'forbidden';
    if (who === 'stranger') return 'not-found';
    return stale ? 'stale' : null;
  }

  private open(who: Actor, stale: boolean): string | null {
    return this.door(who, stale) ?? (isOpen(this.stage) ? null : 'introduction-closed');
  }

  /** The text that somebody acts on. */
  private text(who: Actor, side: Side, kind: Kind): ModelMessage | null {
    return this.follows(who, side) ? (this.messages[this.standing(side, kind)] ?? null) : null;
  }

  private changed(): 'ok' {
    this.version += 1;
    return 'ok';
  }

  chooseFirst(who: Actor, side: Side, stale: boolean): string {
    const refused = this.door(who, stale) ?? (this.stage !== 'prepared' ? 'asked-already' : this.flowsGone ? 'flow-gone' : null);
    if (refused !== null) return refused;
    this.firstSide = side;
    for (const message of this.messages) Object.assign(message, { approved: false }, this.draft(message.side, message.kind));
    return this.changed();
  }

  chooseWay(who: Actor, side: Side, stale: boolean): string {
    return this.open(who, stale) ?? (this.follows(who, side) ? this.changed() : 'not-found');
  }

  edit(who: Actor, side: Side, kind: Kind, text: TextKind, stale: boolean): string {
    const refused = this.open(who, stale);
    if (refused !== null) return refused;
    const message = this.text(who, side, kind);
    if (message === null) return 'not-found';
    if (message.released !== null) return 'message-released';
    if (text === 'draft') {
      // Written anew for the contact, who is chosen with it.
      if (this.flowsGone) return 'flow-gone';
      Object.assign(message, { text: this.drafted(side, kind), hasContact: true, recipient: this.facts[side].email ?? '' });
    } else message.text = text;
    message.approved = false;
    return this.changed();
  }

  approve(who: Actor, side: Side, kind: Kind, wrongHash: boolean, stale: boolean): string {
    const refused = this.open(who, stale);
    if (refused !== null) return refused;
    const message = this.text(who, side, kind);
    if (message === null) return 'not-found';
    if (message.released !== null) return 'message-released';
    if (wrongHash) return 'text-changed';
    if (this.flowsGone) return 'flow-gone';
    if (who !== (side === 'output' && this.absent ? 'delegate' : side)) return 'not-the-referent';
    if (kind === 'proposal' && side !== this.firstSide && message.otherYes === null) return 'first-yes-missing';
    const { text } = message;
    if (message.recipient === '' || text === 'open-field' || (kind === 'proposal' && (text === 'no-link' || text === 'leaks'))) return 'invalid-fields';
    if (!this.yesStands(message)) return 'yes-taken-back';
    message.approved = true;
    this.approvals += 1;
    return this.changed();
  }

  private yesStands({ side, otherYes, ownYes }: ModelMessage): boolean {
    return (otherYes === null || otherYes === this.word(otherOf(side))) && (ownYes === null || ownYes === this.word(side))
      && (otherYes === null || this.saysYes(otherOf(side))) && (ownYes === null || this.saysYes(side));
  }

  withdrawApproval(who: Actor, side: Side, kind: Kind, stale: boolean): string {
    const refused = this.door(who, stale);
    if (refused !== null) return refused;
    const message = this.text(who, side, kind);
    if (message === null) return 'not-found';
    if (message.released !== null) return 'message-released';
    if (!message.approved) return 'not-approved';
    message.approved = false;
    return this.changed();
  }

  /** Why a company may not be written to now; null: it may. */
  private mailRefusal({ side, kind, hasContact, recipient }: ModelMessage): string | null {
    const { email, opposed, agreement, wish } = this.facts[side];
    const both = [this.facts.output, this.facts.input];
    if (this.closed) return 'introduction-closed';
    if (!hasContact) return 'no-contact';
    if (email === null) return 'contact-without-address';
    if (email !== recipient) return 'address-changed';
    if (opposed) return 'opposed-to-mail';
    if (!agreement) return 'no-agreement';
    if (this.flowsGone) return 'territories-without-agreement';
    if (kind === 'proposal' && both.some((flow) => flow.withdrawn || flow.wish === 'no')) return 'flow-not-matchable';
    return kind === 'proposal' && wish === 'not-asked' ? 'wish-not-asked' : null;
  }

  release(who: Actor, side: Side, kind: Kind, stale: boolean): string {
    const refused = this.open(who, stale);
    if (refused !== null) return refused;
    const message = this.text(who, side, kind);
    if (message === null) return 'not-found';
    if (message.released !== null) return 'message-released';
    if (!message.approved) return 'not-approved';
    if (!this.yesStands(message)) return 'yes-taken-back';
    if (this.mailRefusal(message) !== null) return 'may-not-be-written-to';
    message.released = this.releases += 1;
    message.releasedAt = this.now;
    if (this.stage === 'prepared') this.stage = 'asked';
    return this.changed();
  }

  recall(who: Actor, side: Side, kind: Kind, stale: boolean): string {
    const refused = this.door(who, stale);
    if (refused !== null) return refused;
    const message = this.text(who, side, kind);
    if (message === null) return 'not-found';
    if (message.released === null) return 'not-released';
    if (message.delivery !== null) return 'on-its-way';
    message.released = null;
    return this.changed();
  }

  /** Released texts that wait or were left, in the order in which the mailer is asked for them. */
  waiting(): number[] {
    return this.messages.flatMap(({ released, delivery }, at) => (released !== null && (delivery === null || delivery === 'sending') ? [at] : []))
      .sort((a, b) => (this.messages[a].released ?? 0) - (this.messages[b].released ?? 0));
  }

  /** @returns what the mailer says; `killed`: nothing any more */
  deliver(at: number, manner: Manner): string {
    const message = this.messages[at];
    if (message.delivery === 'sending') {
      if (this.now - message.since < 15_000) return 'nothing';
      message.delivery = 'in-doubt';
      return 'in-doubt';
    }
    if (message.attempts > 0 && message.releasedAt <= message.since && this.now < message.since + retryAfterMs(message.attempts)) return 'nothing';
    const refusal = this.yesStands(message) ? this.mailRefusal(message) : 'yes-taken-back';
    if (refusal !== null) {
      Object.assign(message, { delivery: 'withheld', withheldFor: refusal });
      return 'withheld';
    }
    Object.assign(message, { delivery: 'sending', attempts: message.attempts + 1, since: this.now });
    const link = message.kind === 'proposal' ? this.links.push({ message: at, side: message.side, expires: this.now + LINK_MS, used: false }) - 1 : null;
    if (manner === 'killed-before') return 'killed';
    const arrives = !['away', 'recipient-later', 'recipient-never'].includes(manner);
    const kept = arrives && manner !== 'text-later' && manner !== 'text-never';
    const { opposed, agreement } = this.facts[message.side];
    if (arrives) this.mails.push({ message: at, link, kept, approved: message.approved, leaks: message.kind === 'proposal' && message.text === 'leaks', firstYes: this.saysYes(this.firstSide), bothYes: this.saysYes('output') && this.saysYes('input'), opposed, agreed: agreement && !this.flowsGone });
    if (manner === 'killed-after') return 'killed';
    const outcome = manner === 'hang-up' ? 'in-doubt' : kept ? 'sent' : manner.endsWith('never') ? 'refused' : 'put-off';
    message.delivery = outcome === 'put-off' ? null : outcome;
    return outcome;
  }

  settle(who: Actor, side: Side, kind: Kind, what: 'arrived' | 'bounced' | 'write-again' | 'given-up', stale: boolean): string {
    const refused = this.door(who, stale);
    if (refused !== null) return refused;
    const message = this.text(who, side, kind);
    if (message === null) return 'not-found';
    const { delivery } = message;
    const may = { arrived: ['in-doubt'], bounced: ['sent', 'in-doubt'], 'write-again': ['in-doubt', 'refused', 'withheld', 'sent'], 'given-up': ['in-doubt', 'refused', 'withheld', 'sent'] }[what];
    if (delivery === null || !may.includes(delivery) || (delivery === 'sent' && what === 'write-again' && message.settled !== 'bounced')) return 'nothing-to-settle';
    if (what !== 'write-again') {
      message.settled = what;
      return this.changed();
    }
    if (!isOpen(this.stage)) return 'introduction-closed';
    if (this.flowsGone) return 'flow-gone';
    message.replaced = true;
    const yes = (of: Side): number | null => (this.saysYes(of) ? this.word(of) : null);
    const names = kind === 'names';
    this.messages.push({
      ...message, hasContact: true, recipient: this.facts[side].email ?? '', approved: false, released: null, releasedAt: 0, delivery: null, attempts: 0, since: 0, withheldFor: null, settled: null, replaced: false,
      otherYes: names ? (yes(otherOf(side)) ?? message.otherYes) : side === this.firstSide ? null : yes(otherOf(side)), ownYes: names ? (yes(side) ?? message.ownYes) : null,
    });
    return this.changed();
  }

  answer(who: Actor, side: Side, answer: AnswerKind, stale: boolean): string {
    const refused = this.open(who, stale);
    if (refused !== null) return refused;
    return this.follows(who, side) ? this.record(side, answer, null) : 'not-found';
  }

  /** @param link the one that a mail held; null: one that was altered, or never ours */
  answerByLink(link: number | null, answer: AnswerKind): string {
    const known = link === null ? undefined : this.links[link];
    if (known === undefined || this.now >= known.expires || known.used || !isOpen(this.stage)) return 'link-not-valid';
    return this.record(known.side, answer, known.message);
  }

  private record(side: Side, answer: AnswerKind, by: number | null): string {
    const [first, other] = [this.firstSide, otherOf(side)];
    const asked = this.messages.some((message) => message.side === side && message.kind === 'proposal' && message.otherYes !== null && ['sending', 'sent', 'in-doubt'].includes(String(message.delivery)));
    if (side !== first && !this.saysYes(other) && !asked) return 'first-yes-missing';
    const at = this.answers.push({ side, answer }) - 1;
    if (isFinal(answer)) for (const link of this.links) if (link.side === side) link.used = true;
    if (answer === 'no-more-mail') {
      const fact = this.facts[side];
      const meant = this.messages.filter((message, index) => message.side === side && (by === null || by === index));
      if (meant.some(({ hasContact, recipient }) => hasContact || (recipient !== '' && recipient === fact.email))) fact.opposed = true;
    }
    if (answer === 'question') {
      if (this.stage === 'prepared') this.stage = 'asked';
      return this.changed();
    }
    const yes = answer === 'interested' ? at : null;
    for (const message of this.messages) {
      if (message.delivery !== null || message.replaced) continue;
      if (message.side === other && (message.kind === 'names' || other !== first)) Object.assign(message, { approved: false, released: null, otherYes: message.kind === 'proposal' ? yes : (yes ?? message.otherYes) });
      if (message.side === side && message.kind === 'names') Object.assign(message, { approved: false, released: null, ownYes: yes ?? message.ownYes });
    }
    if (yes !== null && this.saysYes(other) && !this.flowsGone) {
      for (const whose of [side, other]) if (this.standing(whose, 'names') === -1) this.write(whose, 'names', this.word(otherOf(whose)), this.word(whose));
    }
    const said = (of: Side): AnswerKind | null => (this.word(of) === null ? null : this.answers[Number(this.word(of))].answer);
    if (OF_ANSWERS.includes(this.stage)) this.stage = stageOfAnswers(said(first), said(otherOf(first)));
    return this.changed();
  }

  wish(who: Actor, side: Side, wish: 'yes' | 'no', stale: boolean): string {
    const refused = this.open(who, stale);
    if (refused !== null) return refused;
    if (!this.follows(who, side)) return 'not-found';
    if (this.facts[side].withdrawn) return 'withdrawn';
    this.facts[side].wish = wish;
    return this.changed();
  }

  step(who: Actor, step: NotedStep | 'note', stale: boolean): string {
    const refused = this.door(who, stale) ?? (step !== 'note' && !mayFollow(this.stage, step) ? 'step-does-not-follow' : null);
    if (refused !== null) return refused;
    if (step !== 'note') this.stage = step;
    if (step === 'dropped' || step === 'ended') {
      this.closed = true;
      for (const message of this.messages) if (message.delivery === null) message.released = null;
    }
    return this.changed();
  }

  outcome(who: Actor, stale: boolean): string {
    const refused = this.door(who, stale) ?? (this.stage !== 'realised' && this.stage !== 'ended' ? 'not-realised' : null);
    if (refused !== null) return refused;
    this.outcomes += 1;
    return this.changed();
  }
}
