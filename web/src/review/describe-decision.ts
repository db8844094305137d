import type { DecisionView } from '../api/types';
import type { Words } from '../words';

/** `écartée par … le …`, with the reason or the day it is snoozed to. */
export function describeDecision(words: Words, decision: DecisionView): string {
  const verdict = words.of('verdict', decision.verdict);
  const reason = decision.reasonLabel ? ` (${decision.reasonLabel})` : '';
  const until = decision.snoozeUntil ? ` ${words.t('verdict.until', { date: words.day(decision.snoozeUntil) })}` : '';
  const values = { verdict: verdict + reason + until, date: words.day(decision.decidedAt) };
  return decision.by ? words.t('verdict.by', { ...values, name: decision.by.name }) : words.t('verdict.byNobody', values);
}
