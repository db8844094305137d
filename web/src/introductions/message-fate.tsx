import { Alert, Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { api } from '../api/client';
import { useWords } from '../words';
import { HoldButton } from './hold-button';
import { PhonePreview } from './phone-preview';
import type { MessageView, SideView } from './types';
import type { Acts } from './use-acts';

type Settlement = 'arrived' | 'bounced' | 'write-again' | 'given-up';

/** What an advisor may say of a message in each state, the likeliest first. */
const SETTLEMENTS: Partial<Record<MessageView['state'], readonly Settlement[]>> = {
  'in-doubt': ['arrived', 'bounced', 'write-again', 'given-up'],
  refused: ['write-again', 'given-up'],
  withheld: ['write-again', 'given-up'],
  sent: ['bounced'],
  bounced: ['write-again', 'given-up'],
};
const WRONG = new Set<MessageView['state']>(['in-doubt', 'refused', 'withheld', 'bounced']);

interface Props {
  acts: Acts;
  side: SideView;
  message: MessageView;
  from: string;
}

/** A text that is approved or beyond: released by a second gesture, called back while it waits, and what became of it. */
export function MessageFate({ acts, side, message, from }: Props): ReactNode {
  const words = useWords();
  const at = (params: { path: { id: string }; header: { 'If-Match': string } }): { path: { id: string; messageId: string }; header: { 'If-Match': string } } => ({ ...params, path: { ...params.path, messageId: message.id } });
  const { state } = message;
  const recipient = side.contacts.find(({ id }) => id === message.contactId)?.name ?? message.recipient;
  const release = (): void => void acts.run(({ params }) => api.PUT('/api/introductions/{id}/messages/{messageId}/release', { params: at(params) }), { done: words.t('introductions.released.done', { recipient }) });
  const recall = (): void => void acts.run(({ params }) => api.DELETE('/api/introductions/{id}/messages/{messageId}/release', { params: at(params) }), { done: words.t('introductions.recalled.done') });
  const reopen = (): void => void acts.run(({ params }) => api.DELETE('/api/introductions/{id}/messages/{messageId}/approval', { params: at(params) }));
  const settleAs = (what: Settlement): void => void acts.run(({ params }) => api.POST('/api/introductions/{id}/messages/{messageId}/settlement', { params: at(params), body: { what } }));
  const when = message.sentAt ?? message.releasedAt;
  const values = { recipient: message.recipient, date: when ? words.day(when) : '', error: message.lastError ? words.of('introductions.error', message.lastError) : words.t('introductions.error.unknown') };
  return (
    <div className="letter">
      <div className="letter-edit">
        {message.approval && (
          <p className="hint">
            {words.t('introductions.approvedBy', { name: message.approval.by.name, date: words.day(message.approval.at) })}
            {message.approval.forReferent && ` ${words.t('introductions.approvedFor', { name: message.approval.forReferent })}`}
            {message.approval.fitting !== null && ` ${words.t('introductions.fitting', { count: message.approval.fitting })}`}
          </p>
        )}
        {state === 'approved' ? (
          <>
            <p>{words.t('introductions.release.explain', { recipient, address: message.recipient })}</p>
            {!side.agreementValid && <p className="warning">{words.t('introductions.agreement.missing')}</p>}
            <HoldButton label={words.t('introductions.release', { recipient })} confirm={words.t('introductions.release.confirm', { recipient, address: message.recipient })} disabled={acts.busy || !side.mayApprove} onHeld={release} />
            <Button mt="xs" size="compact-sm" variant="subtle" disabled={acts.busy} onClick={reopen}>{words.t('introductions.reopen')}</Button>
          </>
        ) : (
          <Alert role="status" color={WRONG.has(state) ? 'orange' : 'cyan'} variant="light" title={words.of('introductions.state', state)}>
            {state !== 'draft' && state !== 'replaced' && <p className="plain-text">{words.t(`introductions.state.explain.${state}`, values)}</p>}
            {message.settledNote && <p className="plain-text muted">{message.settledNote}</p>}
            <Group gap="xs" mt="xs">
              {(state === 'waiting' || state === 'put-off') && <Button size="compact-sm" variant="default" disabled={acts.busy} onClick={recall}>{words.t('introductions.recall')}</Button>}
              {(SETTLEMENTS[state] ?? []).map((what) => <Button key={what} size="compact-sm" variant="default" disabled={acts.busy} onClick={() => settleAs(what)}>{words.t(`introductions.settle.${what}`)}</Button>)}
            </Group>
          </Alert>
        )}
      </div>
      <PhonePreview company={side.company} from={from} to={message.recipient} subject={message.subject} body={message.body} findings={[]} />
    </div>
  );
}
