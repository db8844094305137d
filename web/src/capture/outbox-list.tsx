import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { fieldText } from '../forms/use-saving';
import { useWords } from '../words';
import type { Capture } from './capture';
import type { OutboxState } from './outbox';

interface Props {
  state: OutboxState;
  /** Id of the capture that is in the form again. */
  mending: string | null;
  onMend(capture: Capture): void;
  onDiscard(id: string): void;
  onSend(): void;
}

/** What waits to be sent, what was refused and why, and what has just arrived. */
export function OutboxList({ state, mending, onMend, onDiscard, onSend }: Props): ReactNode {
  const words = useWords();
  const waiting = state.captures.filter(({ state: one }) => one === 'waiting');
  const refused = state.captures.filter(({ state: one }) => one === 'refused');
  const title = ({ flow, company }: Capture): string => [flow.description.trim() || flow.category, company.name].filter(Boolean).join(' · ');
  return (
    <aside className="outbox" aria-live="polite">
      {refused.length > 0 && (
        <section className="block" aria-labelledby="outbox-refused">
          <h2 id="outbox-refused">{words.t('capture.refused', { count: refused.length })}</h2>
          <ul className="items">
            {refused.map((capture) => (
              <li key={capture.id}>
                <strong>{title(capture)}</strong>
                <ul className="plain">{reasons(capture).map((reason, at) => <li key={at} className="field-error">{reason}</li>)}</ul>
                {mending !== capture.id && (
                  <div className="buttons">
                    <Button size="compact-sm" onClick={() => onMend(capture)}>{words.t('capture.mend')}</Button>
                    <Button size="compact-sm" variant="default" onClick={() => onDiscard(capture.id)}>{words.t('capture.discard')}</Button>
                  </div>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {waiting.length > 0 && (
        <section className="block" aria-labelledby="outbox-waiting">
          <div className="block-head"><h2 id="outbox-waiting">{words.t('capture.waiting', { count: waiting.length })}</h2><Button size="compact-sm" variant="default" loading={state.sending} onClick={onSend}>{words.t('capture.sendNow')}</Button></div>
          <p className="hint">{words.t('capture.waiting.explain')}</p>
          <ul className="items">
            {waiting.map((capture) => (
              <li key={capture.id} className="waiting"><span>{title(capture)}</span>
                {!capture.attempted && mending !== capture.id && <Button size="compact-xs" variant="default" onClick={() => onMend(capture)}>{words.t('capture.mend')}</Button>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {state.sent.length > 0 && (
        <section className="block" aria-labelledby="outbox-sent">
          <h2 id="outbox-sent">{words.t('capture.sent')}</h2>
          <ul className="items">
            {state.sent.map((one) => (
              <li key={one.id}><a href={`#/companies/${one.companyId}`}>{one.description} · {one.companyName}</a>
                {one.near && <div>{one.near.unmatchable === null ? words.t('capture.leadsNear', { count: one.near.leads }) : words.of('capture.unmatchable', one.near.unmatchable, '')}</div>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {state.captures.length === 0 && state.sent.length === 0 && <p className="hint">{words.t('capture.nothingWaits')}</p>}
    </aside>
  );

  function reasons({ refusal }: Capture): string[] {
    if (!refusal) return [];
    if (refusal.errors.length > 0) return refusal.errors.map((one) => fieldText(words, one));
    return [words.of('forms.refused', refusal.code, refusal.detail)];
  }
}
