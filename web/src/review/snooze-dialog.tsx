import { Button, Group, Modal, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Key } from '../key';
import { useWords } from '../words';

const pad = (value: number): string => String(value).padStart(2, '0');
const dayOf = (date: Date): string => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;

/** The day so many days or months from now; the last of the month where there is no such day. */
function dayIn({ days = 0, months = 0 }: { days?: number; months?: number }): string {
  const now = new Date();
  const lastOfMonth = new Date(now.getFullYear(), now.getMonth() + months + 1, 0).getDate();
  return dayOf(new Date(now.getFullYear(), now.getMonth() + months, Math.min(now.getDate(), months > 0 ? lastOfMonth : now.getDate()) + days));
}

const SPANS = [
  { key: '1', label: 'snooze.week', span: { days: 7 } },
  { key: '2', label: 'snooze.month', span: { months: 1 } },
  { key: '3', label: 'snooze.quarter', span: { months: 3 } },
] as const;
export const SNOOZE_DATE_KEY = '4';

/** The day that a key of the dialog stands for; null: none. */
export function snoozeDayOf(key: string): string | null {
  const span = SPANS.find((choice) => choice.key === key);
  return span ? dayIn(span.span) : null;
}

interface Props {
  opened: boolean;
  /** The field for a date of one's own is open. */
  picking: boolean;
  onPick(): void;
  onDay(day: string): void;
  onClose(): void;
}

export function SnoozeDialog({ opened, picking, onPick, onDay, onClose }: Props): ReactNode {
  const words = useWords();
  return (
    <Modal opened={opened} onClose={onClose} title={words.t('snooze.title')} size="sm" closeButtonProps={{ 'aria-label': words.t('app.close') }}>
      {picking ? <DateStep onDay={onDay} /> : (
        <div>
          {SPANS.map(({ key, label, span }) => (
            <button key={key} type="button" className="choice" onClick={() => onDay(dayIn(span))}>
              <Key>{key}</Key><span>{words.t(label)}</span><small>{words.t('snooze.until', { date: words.day(dayIn(span)) })}</small>
            </button>
          ))}
          <button type="button" className="choice" onClick={onPick}><Key>{SNOOZE_DATE_KEY}</Key><span>{words.t('snooze.date')}</span></button>
        </div>
      )}
    </Modal>
  );
}

function DateStep({ onDay }: { onDay(day: string): void }): ReactNode {
  const words = useWords();
  const tomorrow = dayIn({ days: 1 });
  const [day, setDay] = useState(dayIn({ months: 1 }));
  const [early, setEarly] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setEarly(day < tomorrow);
    if (day >= tomorrow) onDay(day);
  };
  return (
    <form onSubmit={submit} noValidate>
      <TextInput type="date" label={words.t('snooze.date')} autoFocus data-autofocus required withAsterisk={false} min={tomorrow} value={day} error={early ? words.t('snooze.tooEarly') : undefined} onChange={(event) => setDay(event.currentTarget.value)} />
      <Group justify="flex-end" mt="sm"><Button type="submit" size="sm">{words.t('snooze.submit')}</Button></Group>
    </form>
  );
}
