import fc from 'fast-check';
import { ANSWERS, type AnswerKind, LINK_ANSWERS, NOTED_STEPS, type NotedStep } from '../../src/introductions/mediation.js';
import { type Actor, type IntroductionModel, type Kind, type Manner, otherOf, type Side, type TextKind } from './introduction-model.js';

/** Where a transaction of the API ends: as it should, before one of its statements, or with a commit that nobody was told of. */
export type Crash = 'none' | 'lost' | number;

export type Act =
  | { type: 'first-side'; side: Side }
  | { type: 'way'; side: Side }
  | { type: 'edit'; side: Side; kind: Kind; text: TextKind }
  | { type: 'approve'; side: Side; kind: Kind; wrongHash: boolean }
  | { type: 'withdraw' | 'release' | 'recall'; side: Side; kind: Kind }
  | { type: 'settle'; side: Side; kind: Kind; what: 'arrived' | 'bounced' | 'write-again' | 'given-up' }
  | { type: 'answer'; side: Side; answer: AnswerKind }
  | { type: 'wish'; side: Side; wish: 'yes' | 'no' }
  | { type: 'step'; step: NotedStep | 'note' }
  | { type: 'outcome' };

export type Change = 'address' | 'no-address' | 'opposed' | 'not-opposed' | 'agreement-ends' | 'agreement-again' | 'border-closes' | 'border-opens' | 'flow-withdrawn' | 'flow-again' | 'wish-not-asked' | 'away' | 'back';

export type Command =
  | { type: 'act'; act: Act; who: Actor; stale: boolean; crash: Crash }
  /** The whole way of one text that could go now, as its own référent goes it; sometimes something changes just before it leaves. */
  | { type: 'send'; pick: number; manner: Manner; but: Extract<Command, { type: 'change' }> | null }
  /** Who is asked now says yes on the phone. */
  | { type: 'yes' }
  | { type: 'deliver'; manner: Manner }
  | { type: 'link'; pick: number; answer: (typeof LINK_ANSWERS)[number]; token: 'good' | 'good' | 'altered' | 'foreign'; twice: boolean; crash: Crash }
  | { type: 'change'; what: Change; side: Side }
  | { type: 'time'; seconds: number };

/** What makes an introduction able to go on again: told more often, or nothing would ever be sent. */
const MENDED: readonly Change[] = ['not-opposed', 'agreement-again', 'border-opens', 'flow-again', 'back'];
const side = fc.constantFrom<Side>('output', 'input');
const kind = fc.constantFrom<Kind>('proposal', 'proposal', 'names');
const manner = fc.constantFrom<Manner>('take', 'take', 'take', 'take', 'hang-up', 'away', 'recipient-later', 'recipient-never', 'text-later', 'text-never', 'killed-before', 'killed-after', 'note-cut', 'note-lost');
const crash: fc.Arbitrary<Crash> = fc.oneof({ weight: 8, arbitrary: fc.constant<Crash>('none') }, { weight: 1, arbitrary: fc.constant<Crash>('lost') }, { weight: 2, arbitrary: fc.integer({ min: 1, max: 16 }) });
const who = fc.constantFrom<Actor>('output', 'output', 'output', 'input', 'input', 'input', 'delegate', 'colleague', 'stranger', 'analyst', 'contributor');
const stale = fc.integer({ min: 0, max: 11 }).map((n) => n === 0);

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ type: fc.constant('first-side' as const), side }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('way' as const), side }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('edit' as const), side, kind, text: fc.constantFrom<TextKind>('draft', 'plain', 'odd', 'open-field', 'no-link', 'leaks') }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('approve' as const), side, kind, wrongHash: stale }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('withdraw' as const), side, kind }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('release' as const), side, kind }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('recall' as const), side, kind }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('settle' as const), side, kind, what: fc.constantFrom('arrived', 'bounced', 'write-again', 'write-again', 'given-up') }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('answer' as const), side, answer: fc.constantFrom<AnswerKind>(...ANSWERS, 'interested', 'interested', 'interested') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('wish' as const), side, wish: fc.constantFrom('yes', 'no') }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('step' as const), step: fc.constantFrom<NotedStep | 'note'>('note', 'note', 'met', 'trial', ...NOTED_STEPS) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('outcome' as const) }) },
);

const changes: fc.Arbitrary<Extract<Command, { type: 'change' }>> = fc.record({ type: fc.constant('change' as const), side, what: fc.constantFrom<Change>('address', 'no-address', 'opposed', 'agreement-ends', 'border-closes', 'flow-withdrawn', 'wish-not-asked', 'away', ...MENDED, ...MENDED) });

/** Random orders of everything that can happen to an introduction. */
export const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ type: fc.constant('act' as const), act, who, stale, crash }) },
  { weight: 7, arbitrary: fc.record({ type: fc.constant('send' as const), pick: fc.nat(5), manner, but: fc.option(changes, { freq: 6 }) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('yes' as const) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('deliver' as const), manner }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('link' as const), pick: fc.nat(5), answer: fc.constantFrom(...LINK_ANSWERS, 'interested', 'interested'), token: fc.constantFrom('good', 'good', 'altered', 'foreign'), twice: stale, crash }) },
  { weight: 2, arbitrary: changes },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('time' as const), seconds: fc.constantFrom(5, 20, 90, 3_600, 86_400, 31 * 86_400) }) },
);

/** What an act comes to in the model: `ok`, or the code of its refusal. */
export function told(model: IntroductionModel, who: Actor, act: Act, stale: boolean): string {
  switch (act.type) {
    case 'first-side': return model.chooseFirst(who, act.side, stale);
    case 'way': return model.chooseWay(who, act.side, stale);
    case 'edit': return model.edit(who, act.side, act.kind, act.text, stale);
    case 'approve': return model.approve(who, act.side, act.kind, act.wrongHash, stale);
    case 'withdraw': return model.withdrawApproval(who, act.side, act.kind, stale);
    case 'release': return model.release(who, act.side, act.kind, stale);
    case 'recall': return model.recall(who, act.side, act.kind, stale);
    case 'settle': return model.settle(who, act.side, act.kind, act.what, stale);
    case 'answer': return model.answer(who, act.side, act.answer, stale);
    case 'wish': return model.wish(who, act.side, act.wish, stale);
    case 'step': return model.step(who, act.step, stale);
    case 'outcome': return model.outcome(who, stale);
  }
}

/** What changes around an introduction, in the model. */
export function change(model: IntroductionModel, { what, side: of }: Extract<Command, { type: 'change' }>): void {
  const fact = model.facts[of];
  switch (what) {
    case 'address': return void (fact.email = `nouvelle-${of}-${model.now}@entreprise.example`);
    case 'no-address': return void (fact.email = null);
    case 'opposed': return void (fact.opposed = true);
    case 'not-opposed': return void (fact.opposed = false);
    case 'agreement-ends': return void (fact.agreement = false);
    case 'agreement-again': return void (fact.agreement = true);
    case 'border-closes': return void (model.bordersOpen = false);
    case 'border-opens': return void (model.bordersOpen = true);
    case 'flow-withdrawn': return void (fact.withdrawn = true);
    case 'flow-again': return void (fact.withdrawn = false);
    case 'wish-not-asked': return void (fact.wish = 'not-asked');
    case 'away': return void (model.absent = true);
    case 'back': return void (model.absent = false);
  }
}

/** The acts that a `send` or a `yes` is made of, as the model stands. */
export function goingOn(model: IntroductionModel, command: Extract<Command, { type: 'send' | 'yes' }>): { who: Actor; act: Act }[] {
  if (command.type === 'yes') {
    const of = model.saysYes(model.firstSide) ? otherOf(model.firstSide) : model.firstSide;
    return [{ who: of, act: { type: 'answer', side: of, answer: 'interested' } }];
  }
  const ready = model.messages.filter((message) => message.released === null && !message.replaced && (message.side === model.firstSide || message.otherYes !== null));
  if (ready.length === 0) return [];
  const { side: of, kind: what, approved, recipient } = ready[command.pick % ready.length];
  const who = of === 'output' && model.absent ? 'delegate' : of;
  const anew: Act[] = recipient !== model.facts[of].email ? [{ type: 'edit', side: of, kind: what, text: 'draft' }] : [];
  const acts: Act[] = [...anew, ...(approved && anew.length === 0 ? [] : [{ type: 'approve' as const, side: of, kind: what, wrongHash: false }]), { type: 'release', side: of, kind: what }];
  return acts.map((act) => ({ who, act }));
}
