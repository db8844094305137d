import { Button, Group, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { api } from '../api/client';
import { newId } from '../new-id';
import { useWords } from '../words';
import { dayIn, NOT_NOW_MONTHS } from './days';
import type { AnswerView, SideView } from './types';
import { type Acts, fieldText } from './use-acts';

type Answer = AnswerView['answer'];

interface Props {
  acts: Acts;
  side: SideView;
  way: 'phone' | 'visit' | 'mail';
}

/** What the company said, in one click; words beside it where there are some. */
export function AnswerForm({ acts, side, way }: Props): ReactNode {
  const words = useWords();
  const [comment, setComment] = useState('');
  const [until, setUntil] = useState('');
  const [later, setLater] = useState(false);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const answerId = useRef(newId());
  const field = useRef<HTMLTextAreaElement>(null);

  const note = async (answer: Answer, day?: string): Promise<void> => {
    if (answer === 'question' && comment.trim() === '') {
      setErrors({ comment: words.t('introductions.error.comment-missing') });
      field.current?.focus();
      return;
    }
    setErrors({});
    const done = await acts.run((at) => api.POST('/api/introductions/{id}/answers', { ...at, body: { answerId: answerId.current, side: side.side, answer, way, ...(day ? { until: day } : {}), ...(comment.trim() ? { comment: comment.trim() } : {}) } }), {
      done: words.t('introductions.answer.noted', { company: side.company, answer: words.of('introductions.answer', answer) }),
      onFields: (refused) => setErrors(Object.fromEntries(refused.map((one) => [one.field, fieldText(words, one)]))),
    });
    if (done === null) return;
    answerId.current = newId();
    setComment('');
    setLater(false);
  };

  return (
    <div className="answer-form" role="group" aria-label={words.t('introductions.answer.title', { company: side.company })}>
      <h3>{words.t('introductions.answer.title', { company: side.company })}</h3>
      <div className="answers">
        <Button disabled={acts.busy} onClick={() => void note('interested')}>{words.t('introductions.answer.interested')}</Button>
        <Button variant="default" disabled={acts.busy} aria-expanded={later} onClick={() => setLater(!later)}>{words.t('introductions.answer.not-now')}…</Button>
        <Button variant="default" disabled={acts.busy} onClick={() => void note('declined')}>{words.t('introductions.answer.declined')}</Button>
        <Button variant="default" disabled={acts.busy} onClick={() => void note('question')}>{words.t('introductions.answer.question')}</Button>
      </div>
      {later && (
        <Group gap="xs" mt="xs" align="flex-end" role="group" aria-label={words.t('introductions.until')}>
          {NOT_NOW_MONTHS.map((months) => <Button key={months} size="sm" variant="default" disabled={acts.busy} onClick={() => void note('not-now', dayIn(months))}>{words.t('introductions.months', { count: months })}</Button>)}
          <TextInput size="sm" type="date" label={words.t('introductions.until')} value={until} error={errors['until']} onChange={(event) => setUntil(event.currentTarget.value)} />
          <Button size="sm" disabled={acts.busy || until === ''} onClick={() => void note('not-now', until)}>{words.t('introductions.note')}</Button>
        </Group>
      )}
      <Textarea ref={field} mt="xs" label={words.t('introductions.answer.comment')} autosize minRows={1} maxRows={6} maxLength={2000} value={comment} error={errors['comment']} onChange={(event) => setComment(event.currentTarget.value)} />
    </div>
  );
}
