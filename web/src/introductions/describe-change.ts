import type { Words } from '../words';
import type { Introduction } from './types';

/** What somebody else changed between two looks at an introduction, one sentence each; who, where it is known. */
export function describeChange(words: Words, before: Introduction, after: Introduction): string[] {
  const told: string[] = [];
  for (const step of after.steps.slice(before.steps.length)) {
    told.push(words.t('introductions.changed.step', { who: step.person?.name ?? words.t('introductions.changed.company'), step: words.of('introductions.step', step.step) }));
  }
  for (const side of after.sides) {
    const was = before.sides.find((one) => one.side === side.side);
    for (const message of side.messages) {
      const old = was?.messages.find(({ id }) => id === message.id);
      if (message.approval && !old?.approval) told.push(words.t('introductions.changed.approved', { who: message.approval.by.name, company: side.company }));
      else if (old && (old.body !== message.body || old.subject !== message.subject)) told.push(words.t('introductions.changed.text', { company: side.company }));
      else if (old && old.state !== message.state) told.push(words.t('introductions.changed.state', { company: side.company, state: words.of('introductions.state', message.state) }));
    }
    if (was && was.way !== side.way) told.push(words.t('introductions.changed.way', { company: side.company, way: words.of('introductions.way', side.way) }));
  }
  return told.length > 0 ? told : [words.t('introductions.changed.unknown')];
}
