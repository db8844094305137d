import type { DecisionView } from '../api/types';
import type { Words } from '../words';

/** `écartée par … le …`, with the reason or the day it is snoozed to. */
export function describeDecision(words: Words, decision: DecisionView): string {
  const verdict = words.of('verdict', decision.verdict);
  const reason = decision.reason ? ` (${decision.reason.label[words.language]})` : '';
  const until = decision.snoozeUntil ? ` ${words.t('verdict.until', { date: words.day(decision.snoozeUntil) })}` : '';
  return words.t('verdict.by', { verdict: verdict + reason + until, name: decision.personName, date: words.day(decision.decidedAt) });
}
