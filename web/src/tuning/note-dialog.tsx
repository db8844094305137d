import { Button, Group, Modal, Textarea } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useWords } from '../words';

interface Props {
  title: string;
  explain: string;
  confirm: string;
  busy: boolean;
  onConfirm(note: string): void;
  onClose(): void;
}

/** Asks for the note without which no version becomes active. */
export function NoteDialog({ title, explain, confirm, busy, onConfirm, onClose }: Props): ReactNode {
  const words = useWords();
  const [note, setNote] = useState('');
  const [missing, setMissing] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setMissing(note.trim() === '');
    if (note.trim() !== '') onConfirm(note.trim());
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': words.t('app.dismiss') }}>
      <form onSubmit={submit}>
        <p>{explain}</p>
        <Textarea data-autofocus autosize minRows={2} label={words.t('tuning.dialog.note')} value={note} error={missing ? words.t('tuning.dialog.noteMissing') : undefined} onChange={({ currentTarget }) => setNote(currentTarget.value)} />
        <Group mt="md" justify="flex-end"><Button type="submit" loading={busy}>{confirm}</Button></Group>
      </form>
    </Modal>
  );
}
