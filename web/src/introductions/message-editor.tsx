import { Alert, Button, Checkbox, Group, Select, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { api } from '../api/client';
import { useWords } from '../words';
import { keepDraft, keptDraft, type TextDraft } from './kept-drafts';
import { placesOf } from './marked-text';
import { PhonePreview } from './phone-preview';
import type { MessageView, SideView } from './types';
import { type Acts, fieldText } from './use-acts';

/** So many companies must fit what is said of the other side, or the advisor is asked. */
const FITTING_WANTED = 5;

interface Props {
  acts: Acts;
  side: SideView;
  message: MessageView;
  /** Who signs, for the preview. */
  from: string;
}

/** A text that is being written, beside what the company will see; then approved, exactly as it stands. */
export function MessageEditor({ acts, side, message, from }: Props): ReactNode {
  const words = useWords();
  const [draft, setDraft] = useState<TextDraft | null>(() => keptDraft(message));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [fewAccepted, acceptFew] = useState(false);
  const [rewritten, setRewritten] = useState(false);
  const latestDraft = useRef(draft);
  const body = useRef<HTMLTextAreaElement>(null);
  const subject = useRef<HTMLInputElement>(null);
  const text = draft ?? message;
  const few = message.kind === 'proposal' && side.fitting !== null && side.fitting < FITTING_WANTED;
  const contact = side.contacts.find(({ id }) => id === message.contactId);

  const write = (change: Partial<TextDraft>): void => {
    const next = { subject: text.subject, body: text.body, ...change };
    latestDraft.current = next;
    setDraft(next);
    setRewritten(true);
    keepDraft(message.id, next);
  };
  const put = (patch: { subject?: string; body?: string; contactId?: string | null }): Promise<unknown> => {
    setErrors({});
    return acts.run((at) => api.PUT('/api/introductions/{id}/messages/{messageId}', { params: { ...at.params, path: { ...at.params.path, messageId: message.id } }, body: patch }), {
      onFields: (refused) => setErrors(Object.fromEntries(refused.map((one) => [one.field, fieldText(words, one)]))),
    });
  };
  /** @returns whether what is on screen is what the server has */
  const save = async (): Promise<boolean> => {
    const saving = latestDraft.current;
    if (saving === null) return true;
    if (saving.subject === message.subject && saving.body === message.body) return settle(saving);
    return (await put({ subject: saving.subject, body: saving.body })) !== null && settle(saving);
  };
  const settle = (saved: TextDraft): boolean => {
    if (latestDraft.current !== saved) return false;
    latestDraft.current = null;
    setDraft(null);
    keepDraft(message.id, null);
    return true;
  };
  const chooseContact = async (contactId: string | null): Promise<void> => {
    const typed = latestDraft.current;
    // What was written stays; an untouched draft is written anew in that person's name and language.
    const keep = rewritten ? { subject: text.subject, body: text.body } : {};
    if ((await put({ contactId, ...keep })) !== null && typed) settle(typed);
  };
  const approve = async (): Promise<void> => {
    const shown = { subject: text.subject, body: text.body };
    if (!(await save())) return;
    const now = acts.latest()?.sides.find((one) => one.side === side.side)?.messages.find(({ id }) => id === message.id);
    // A subject is stored without blanks around it; anything else that differs was not on screen.
    if (!now || now.body !== shown.body || now.subject !== shown.subject.trim()) return;
    await acts.run((at) => api.PUT('/api/introductions/{id}/messages/{messageId}/approval', {
      params: { ...at.params, path: { ...at.params.path, messageId: message.id } }, body: { textHash: now.textHash, ...(fewAccepted ? { fewAccepted } : {}) },
    }), { done: words.t('introductions.approved.done', { company: side.company }), onFields: (refused) => setErrors(Object.fromEntries(refused.map((one) => [one.field, fieldText(words, one)]))) });
  };
  const point = (field: 'subject' | 'body', finding: Parameters<typeof placesOf>[1][number]): void => {
    const input = field === 'body' ? body.current : subject.current;
    const [place] = placesOf(text[field], [finding]);
    if (!input || !place) return;
    input.focus();
    input.setSelectionRange(place.from, place.to);
  };
  const blocked = message.identifying.length > 0 || message.openFields.length > 0;

  return (
    <div className="letter">
      <div className="letter-edit">
        <Select label={words.t('introductions.contact')} placeholder={words.t('introductions.contact.none')} value={message.contactId} error={errors['contactId']} comboboxProps={{ transitionProps: { duration: 0 } }}
          data={side.contacts.map(({ id, name, email, opposedToMail }) => ({ value: id, label: `${name} · ${opposedToMail ? words.t('introductions.contact.opposed') : (email ?? words.t('introductions.contact.noAddress'))}`, disabled: opposedToMail || email === null }))}
          onChange={(chosen) => void chooseContact(chosen)} />
        {side.contacts.length === 0 && <p className="hint">{words.t('introductions.contact.add')}</p>}
        {contact && contact.language !== message.language && <p className="hint">{words.t('introductions.contact.language', { language: words.of('introductions.language', contact.language) })}</p>}
        <TextInput ref={subject} mt="xs" label={words.t('introductions.subject')} maxLength={200} value={text.subject} error={errors['subject']} onChange={(event) => write({ subject: event.currentTarget.value })} onBlur={() => void save()} />
        <Textarea ref={body} mt="xs" label={words.t('introductions.body')} autosize minRows={8} maxRows={24} maxLength={8000} value={text.body} error={errors['body']} onChange={(event) => write({ body: event.currentTarget.value })} onBlur={() => void save()} />
        <p className="hint" role="status">{draft === null ? words.t('introductions.saved') : acts.busy ? words.t('app.saving') : words.t('introductions.unsaved')}</p>
        {(message.identifying.length > 0 || message.openFields.length > 0) && (
          <Alert color="orange" variant="light" p="xs" mt="xs" title={words.t(message.identifying.length > 0 ? 'introductions.identifying.title' : 'introductions.open.title')}>
            <ul className="plain">
              {message.identifying.map((finding) => (
                <li key={`${finding.field} ${finding.at}`}>
                  <button type="button" className="link-button" onClick={() => point(finding.field, finding)}>« {finding.found} »</button> <span className="muted">({words.of('introductions.identifier', finding.kind)}, {words.of('introductions', finding.field).toLowerCase()})</span>
                </li>
              ))}
              {message.openFields.map((field) => (
                <li key={field}><button type="button" className="link-button" onClick={() => point(text.subject.includes(field) ? 'subject' : 'body', { at: -1, length: 0, found: field })}>{field}</button> <span className="muted">({words.t('introductions.open.fill')})</span></li>
              ))}
            </ul>
          </Alert>
        )}
      </div>
      <PhonePreview company={side.company} from={from} to={message.recipient} subject={text.subject} body={text.body} findings={message.identifying} />
      <div className="letter-foot">
        {message.kind === 'proposal' && side.fitting !== null && (
          <p className={few ? 'warning' : 'hint'}>{words.t(few ? 'introductions.fitting.few' : 'introductions.fitting', { count: side.fitting })}</p>
        )}
        {few && <Checkbox mb="xs" label={words.t('introductions.fitting.accept')} checked={fewAccepted} onChange={(event) => acceptFew(event.currentTarget.checked)} />}
        <Group gap="sm">
          <Button disabled={!side.mayApprove || !message.mayBeApproved || blocked || message.recipient === '' || (few && !fewAccepted)} loading={acts.busy} onClick={() => void approve()}>{words.t('introductions.approve')}</Button>
          <span className="muted hint">{approvalHint()}</span>
        </Group>
      </div>
    </div>
  );

  function approvalHint(): string {
    if (!side.mayApprove) return words.t('introductions.approve.notMine', { name: side.referent?.name ?? words.t('introductions.referent.nobody') });
    if (blocked) return words.t('introductions.approve.blocked');
    if (message.recipient === '') return words.t('introductions.approve.noAddress');
    if (few && !fewAccepted) return words.t('introductions.approve.few');
    return words.t('introductions.approve.hint');
  }
}
