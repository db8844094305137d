import { Button, Group, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { api } from '../api/client';
import { useReasons } from '../review/queries';
import { useWords } from '../words';
import { todayHere } from './days';
import type { Introduction, NotedStep } from './types';
import { type Acts, fieldText } from './use-acts';

type What = NotedStep | 'note';

/** What may be noted next, each in a small window: the day, some words, a reminder; a reason where it is given up. */
export function Steps({ acts, introduction }: { acts: Acts; introduction: Introduction }): ReactNode {
  const words = useWords();
  const [open, setOpen] = useState<What | null>(null);
  const [on, setOn] = useState('');
  const [note, setNote] = useState('');
  const [remindOn, setRemindOn] = useState('');
  const [reason, setReason] = useState<string | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const reasons = useReasons();
  const show = (what: What): void => {
    setErrors({});
    setOn(todayHere());
    setRemindOn(what === 'dropped' || what === 'ended' ? '' : introduction.remindOn ?? '');
    setOpen(what);
  };
  const closes = open === 'dropped' || open === 'ended';
  const submit = async (): Promise<void> => {
    if (open === null) return;
    setErrors({});
    const reminder = closes || remindOn === (introduction.remindOn ?? '') ? {} : { remindOn: remindOn || null };
    const done = await acts.run((at) => api.POST('/api/introductions/{id}/steps', { ...at, body: { step: open, on, note: note.trim() || null, ...(open === 'dropped' ? { reason } : {}), ...reminder } }), {
      done: words.t('introductions.noted', { what: words.of('introductions.step', open) }),
      onFields: (refused) => setErrors(Object.fromEntries(refused.map((one) => [one.field, fieldText(words, one)]))),
    });
    if (done === null) return;
    setNote('');
    setReason(null);
    setOpen(null);
  };
  return (
    <>
      <Group gap="xs" className="no-print">
        {introduction.mayNote.filter((step) => step !== 'dropped').map((step) => <Button key={step} size="compact-sm" variant="light" disabled={acts.busy} onClick={() => show(step)}>{words.t(`introductions.do.${step}`)}</Button>)}
        <Button size="compact-sm" variant="default" disabled={acts.busy} onClick={() => show('note')}>{words.t('introductions.do.note')}</Button>
        {introduction.mayNote.includes('dropped') && <Button size="compact-sm" variant="default" disabled={acts.busy} onClick={() => show('dropped')}>{words.t('introductions.do.dropped')}</Button>}
      </Group>
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={open && words.t(`introductions.do.${open}`)} closeButtonProps={{ 'aria-label': words.t('app.close') }}>
        <form onSubmit={(event) => { event.preventDefault(); void submit(); }}>
          {open === 'dropped' && (
            <Select data-autofocus label={words.t('introductions.reason')} description={words.t('introductions.reason.explain')} required withAsterisk={false} value={reason} onChange={setReason} error={errors['reason']} mb="sm" comboboxProps={{ transitionProps: { duration: 0 } }}
              data={(reasons.data ?? []).map(({ slug, label }) => ({ value: slug, label }))} />
          )}
          {open !== 'note' && <TextInput type="date" label={words.t('introductions.on')} max={todayHere()} value={on} error={errors['on']} onChange={(event) => setOn(event.currentTarget.value)} mb="sm" />}
          <Textarea label={words.t('introductions.words')} autosize minRows={2} maxRows={8} maxLength={2000} value={note} error={errors['note']} onChange={(event) => setNote(event.currentTarget.value)} mb="sm" />
          {!closes && <TextInput type="date" label={words.t('introductions.remindOn')} description={words.t('introductions.remindOn.explain')} value={remindOn} error={errors['remindOn']} onChange={(event) => setRemindOn(event.currentTarget.value)} mb="sm" />}
          <Group justify="flex-end"><Button type="submit" loading={acts.busy}>{words.t('introductions.note')}</Button></Group>
        </form>
      </Modal>
    </>
  );
}
