import type { ReactNode } from 'react';
import { useReasons } from '../review/queries';
import { useWords, type Words } from '../words';
import type { Introduction } from './types';

interface Entry {
  day: string;
  /** Among what is of the same day: the usual order, as most has no hour. */
  order: number;
  what: string;
  who: string | null;
  note: string | null;
}

/** Steps that only repeat an answer which the timeline shows itself. */
const SAID_BY_ANSWERS = new Set(['interested']);

/** Steps by their usual place in a day; those of one side stand among what else is of that side. */
const ORDER_OF_STEP: Record<string, number> = { note: 1, asked: 2, both: 30, met: 40, trial: 41, realised: 42, dropped: 43, ended: 44 };
const OF_SECOND_SIDE = 10;
/** The letters of names come after the second yes. */
const OF_BOTH = 20;

/** Everything that happened, the first first: steps, approvals, texts that went out, answers. */
function entriesOf(words: Words, introduction: Introduction, reasonLabel: (slug: string) => string): Entry[] {
  const company = (side: string | null): string => introduction.sides.find((one) => one.side === side)?.company ?? '';
  const ofSide = (side: string | null): number => (side === null || side === introduction.firstSide ? 0 : OF_SECOND_SIDE);
  const entries: Entry[] = [{ order: 0, day: introduction.openedAt, what: words.t('introductions.timeline.opened'), who: null, note: null }];
  for (const { step, side, happenedOn, reason, note, person } of introduction.steps) {
    if (SAID_BY_ANSWERS.has(step)) continue;
    const wish = /^wish: (yes|no)$/.exec(note ?? '')?.[1];
    const what = wish ? words.t('introductions.timeline.wish', { company: company(side), wish: words.of('wish', wish) }) : [words.of('introductions.step', step), company(side)].filter(Boolean).join(' : ');
    const order = (ORDER_OF_STEP[step] ?? 0) + (step === 'asked' ? ofSide(side) : 0);
    entries.push({ order, day: happenedOn, what: reason ? `${what} (${reasonLabel(reason)})` : what, who: person?.name ?? null, note: wish ? null : note });
  }
  for (const { side, company: name, messages, answers } of introduction.sides) {
    for (const { kind, approval, sentAt } of messages) {
      const order = ofSide(side) + (kind === 'names' ? OF_BOTH : 0);
      if (approval) entries.push({ order: order + 1, day: approval.at, what: words.t('introductions.timeline.approved', { company: name }), who: approval.by.name, note: null });
      if (sentAt) entries.push({ order: order + 3, day: sentAt, what: words.t('introductions.timeline.sent', { company: name }), who: null, note: null });
    }
    for (const { answer, givenOn, notedBy, comment } of answers) entries.push({ order: ofSide(side) + 4, day: givenOn, what: `${name} : ${words.of('introductions.answer', answer).toLowerCase()}`, who: notedBy?.name ?? null, note: comment });
  }
  return entries.sort((a, b) => a.day.slice(0, 10).localeCompare(b.day.slice(0, 10)) || a.order - b.order);
}

export function Timeline({ introduction }: { introduction: Introduction }): ReactNode {
  const words = useWords();
  const reasons = useReasons();
  const label = (slug: string): string => reasons.data?.find((reason) => reason.slug === slug)?.label ?? slug;
  return (
    <section className="block" aria-labelledby="timeline">
      <h2 id="timeline">{words.t('introductions.timeline')}</h2>
      <ol className="timeline">
        {entriesOf(words, introduction, label).map((entry, at) => (
          <li key={at}>
            <span className="muted timeline-day">{words.day(entry.day)}{entry.who && ` · ${entry.who}`}</span>
            <span>{entry.what}</span>
            {entry.note && <span className="muted plain-text">« {entry.note} »</span>}
          </li>
        ))}
        {introduction.remindOn && <li className="timeline-next"><span className="muted timeline-day">{words.day(introduction.remindOn)}</span><span>{words.t('introductions.timeline.remind')}</span></li>}
      </ol>
    </section>
  );
}
