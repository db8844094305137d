import { Alert, Button, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { api, send } from '../api/client';
import { asProblem } from '../api/problem';
import type { components } from '../api/schema';
import { dayIn, NOT_NOW_MONTHS, todayHere } from '../introductions/days';
import { LanguageSwitch } from '../language-switch';
import { newId } from '../new-id';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import './answer.css';

type Asked = components['schemas']['AskedCompanyView'];
type Answer = components['schemas']['LinkAnswerRequest']['answer'];
const ANSWERS: readonly Answer[] = ['interested', 'not-now', 'question', 'no-more-mail'];

/**
 * What a company sees behind its link: without an account, without a cookie, on a phone first. Opening it answers nothing; only
 * the button at its foot does, and however often it is pressed the answer counts once.
 */
export function AnswerPage({ token }: { token: string }): ReactNode {
  const words = useWords();
  const asked = useQuery({ queryKey: ['answer-link', token], queryFn: (): Promise<Asked> => send(() => api.POST('/api/answer-link/look', { body: { token } })), staleTime: Infinity, enabled: token !== '' });
  // The message's language, until the reader takes another.
  const language = asked.data?.language;
  useEffect(() => {
    if (language) words.setLanguage(language);
  }, [language]);
  return (
    <main className="answer-page">
      <header className="answer-top">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        <span>{asked.data?.territory ?? words.t('app.name')}</span>
        <LanguageSwitch />
      </header>
      {asked.data ? <Question asked={asked.data} token={token} /> : <Instead />}
    </main>
  );

  function Instead(): ReactNode {
    if (token !== '' && !asked.error) return <p role="status" className="muted">{words.t('app.loading')}</p>;
    // Whatever is wrong with a link, it is the same page.
    if (token !== '' && asProblem(asked.error).status !== 404 && asProblem(asked.error).status !== 400 && asProblem(asked.error).status !== 422) {
      return <Alert color="red" variant="light" role="alert">{problemText(asProblem(asked.error))} <Button size="compact-sm" variant="default" onClick={() => void asked.refetch()}>{words.t('app.retry')}</Button></Alert>;
    }
    return <Invalid />;
  }

  function problemText(problem: ReturnType<typeof asProblem>): string {
    return problem.status === 429 ? words.t('answer.tooMany') : describeProblem(words, problem);
  }
}

function Invalid(): ReactNode {
  const words = useWords();
  return <><h1>{words.t('answer.invalid')}</h1><p>{words.t('answer.invalid.explain')}</p></>;
}

function Question({ asked, token }: { asked: Asked; token: string }): ReactNode {
  const words = useWords();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [comment, setComment] = useState('');
  const [until, setUntil] = useState(dayIn(3));
  const [missing, setMissing] = useState(false);
  // One answer has one id, however often it is tapped or sent again; another answer is another one.
  const sent = useRef<{ id: string; as: string } | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const thanks = useRef<HTMLHeadingElement>(null);

  const give = useMutation({
    networkMode: 'always',
    retry: (count, error) => asProblem(error).passing && count < 2,
    mutationFn: (chosen: Answer) => {
      const as = JSON.stringify([chosen, chosen === 'not-now' ? until : null, comment.trim()]);
      sent.current = sent.current?.as === as ? sent.current : { id: newId(), as };
      const { id } = sent.current;
      return send(() => api.POST('/api/answer-link/answer', { body: { token, answerId: id, answer: chosen, ...(chosen === 'not-now' ? { until } : {}), ...(comment.trim() ? { comment: comment.trim() } : {}) } }));
    },
  });
  useEffect(() => thanks.current?.focus(), [give.isSuccess]);

  const submit = (): void => {
    if (answer === null) return;
    const lacking = answer === 'question' && comment.trim() === '';
    setMissing(lacking);
    if (lacking) field.current?.focus();
    else give.mutate(answer);
  };
  const problem = give.error ? asProblem(give.error) : null;
  if (problem?.status === 404) return <Invalid />;
  if (give.isSuccess) {
    return (
      <>
        <h1 ref={thanks} tabIndex={-1}>{words.t('answer.thanks')}</h1>
        <p>{words.t(`answer.thanks.${give.variables}`, { advisor: asked.advisor, date: words.day(until) })}</p>
        {!give.data.final && <Button variant="default" onClick={() => { give.reset(); setAnswer(null); setComment(''); }}>{words.t('answer.again')}</Button>}
        <Notice asked={asked} />
      </>
    );
  }
  return (
    <>
      <p className="muted answer-who">{words.t('answer.who', { advisor: asked.advisor, territory: asked.territory })}</p>
      <h1>{asked.subject}</h1>
      <div className="answer-body" lang={asked.language}>{asked.body}</div>
      <form onSubmit={(event) => { event.preventDefault(); submit(); }}>
        <fieldset>
          <legend>{words.t('answer.title')}</legend>
          {ANSWERS.map((one) => (
            <label key={one} className={`answer-choice${one === 'no-more-mail' ? ' is-quiet' : ''}`}>
              <input type="radio" name="answer" value={one} checked={answer === one} onChange={() => setAnswer(one)} />
              <span><strong>{words.t(`answer.${one}`)}</strong><small>{words.t(`answer.${one}.explain`)}</small></span>
            </label>
          ))}
        </fieldset>
        {answer === 'not-now' && (
          <div className="answer-until">
            <SegmentedControl fullWidth aria-label={words.t('answer.until')} value={NOT_NOW_MONTHS.map((months) => dayIn(months)).find((day) => day === until) ?? ''} transitionDuration={0}
              data={NOT_NOW_MONTHS.map((months) => ({ value: dayIn(months), label: words.t('answer.months', { count: months }) }))} onChange={setUntil} />
            <TextInput type="date" label={words.t('answer.until')} min={todayHere()} required withAsterisk={false} value={until} onChange={(event) => setUntil(event.currentTarget.value)}
              error={problem?.errors.some((one) => one.field === 'until') ? words.t('answer.until.wrong') : undefined} />
          </div>
        )}
        {answer !== null && (
          <Textarea ref={field} label={words.t(answer === 'question' ? 'answer.comment.question' : 'answer.comment')} autosize minRows={2} maxRows={8} maxLength={2000} value={comment}
            error={missing && comment.trim() === '' ? words.t('answer.comment.missing') : undefined} onChange={(event) => setComment(event.currentTarget.value)} />
        )}
        {problem && <Alert color="red" variant="light" role="alert" p="xs">{problem.status === 429 ? words.t('answer.tooMany') : problem.errors.length > 0 ? words.t('answer.check') : `${describeProblem(words, problem)} ${words.t('answer.kept')}`}</Alert>}
        <Button type="submit" size="md" fullWidth disabled={answer === null} loading={give.isPending}>{words.t(answer === null ? 'answer.choose' : 'answer.send')}</Button>
      </form>
      <Notice asked={asked} />
    </>
  );
}

/** What is kept, by whom and for what, and how to have it put right. */
function Notice({ asked }: { asked: Asked }): ReactNode {
  const words = useWords();
  return (
    <details className="answer-notice">
      <summary>{words.t('answer.data.title')}</summary>
      <p>{words.t('answer.data.what', { territory: asked.territory })}</p>
      <p>{words.t('answer.data.rights', { territory: asked.territory, advisor: asked.advisor })}</p>
    </details>
  );
}
