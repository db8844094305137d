import type { ReactNode } from 'react';
import { useReasons } from '../review/queries';
import { useWords, type Words } from '../words';
import { atOnce, type Dated, inOrder } from './timeline-order';
import type { Introduction } from './types';

interface Entry extends Dated {
  what: string;
  who: string | null;
  note: string | null;
}

/** Steps that only repeat an answer which the timeline shows itself. */
const SAID_BY_ANSWERS = new Set(['interested']);

/** Everything that happened, the first first: approvals, texts that went out, answers, steps. */
function entriesOf(words: Words, introduction: Introduction, reasonLabel: (slug: string) => string): Entry[] {
  const company = (side: string | null): string => introduction.sides.find((one) => one.side === side)?.company ?? '';
  const entries: Entry[] = [{ ...atOnce(introduction.openedAt), what: words.t('introductions.timeline.opened'), who: null, note: null }];
  // What was written at one time stands as it is put here: an answer before the step that it led to.
  for (const { company: name, messages, answers } of introduction.sides) {
    for (const { approval, sentAt } of messages) {
      if (approval) entries.push({ ...atOnce(approval.at), what: words.t('introductions.timeline.approved', { company: name }), who: approval.by.name, note: null });
      if (sentAt) entries.push({ ...atOnce(sentAt), what: words.t('introductions.timeline.sent', { company: name }), who: null, note: null });
    }
    for (const { answer, givenOn, recordedAt, notedBy, comment } of answers) entries.push({ day: givenOn, recordedAt, what: words.pair(name, words.of('introductions.answer', answer).toLowerCase()), who: notedBy?.name ?? null, note: comment });
  }
  for (const { step, side, happenedOn, recordedAt, reason, note, person } of introduction.steps) {
    if (SAID_BY_ANSWERS.has(step)) continue;
    const wish = /^wish: (yes|no)$/.exec(note ?? '')?.[1];
    const what = wish ? words.t('introductions.timeline.wish', { company: company(side), wish: words.of('wish', wish) }) : company(side) ? words.pair(words.of('introductions.step', step), company(side)) : words.of('introductions.step', step);
    entries.push({ day: happenedOn, recordedAt, what: reason ? `${what} (${reasonLabel(reason)})` : what, who: person?.name ?? null, note: wish ? null : note });
  }
  return inOrder(entries);
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
