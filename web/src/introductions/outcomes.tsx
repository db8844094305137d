import { Button, NumberInput, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api } from '../api/client';
import { useWords, type Words } from '../words';
import { todayHere } from './days';
import type { Introduction, Outcome } from './types';
import { type Acts, fieldText } from './use-acts';

type Figure = 'quantity' | 'euros' | 'co2eFactor';
interface Typed {
  quantity: number | string;
  unit: string;
  euros: number | string;
  co2eFactor: number | string;
  co2eSource: string;
  startedOn: string;
  endedOn: string;
}

const UNITS = ['t', 'MWh', 'm3', 'h', 'piece', 'm2'] as const;
const orNull = (value: number | string): number | null => (value === '' ? null : Number(value));

/** What a realised synergy brings a year; a correction is a row of its own, and the old one stays to be seen. */
export function Outcomes({ acts, introduction, mayEdit }: { acts: Acts; introduction: Introduction; mayEdit: boolean }): ReactNode {
  const words = useWords();
  const standing = introduction.outcomes.find(({ superseded }) => !superseded);
  const [correcting, setCorrecting] = useState(false);
  if (introduction.step !== 'realised' && introduction.step !== 'ended') return null;
  return (
    <section className="block" aria-labelledby="outcome">
      <h2 id="outcome">{words.t('introductions.outcome')}</h2>
      {introduction.outcomes.length > 0 && <ul className="plain outcomes">{introduction.outcomes.map((outcome) => <li key={outcome.id} className={outcome.superseded ? 'superseded' : undefined}>{outcomeText(words, outcome)}{outcome.superseded && <span className="muted"> ({words.t('introductions.outcome.superseded')})</span>}</li>)}</ul>}
      {mayEdit && (!standing || correcting) && <OutcomeForm acts={acts} introduction={introduction} from={standing} onDone={() => setCorrecting(false)} />}
      {mayEdit && standing && !correcting && <Button mt="xs" size="compact-sm" variant="default" onClick={() => setCorrecting(true)}>{words.t('introductions.outcome.correct')}</Button>}
    </section>
  );
}

function outcomeText(words: Words, { quantity, unit, euros, co2eTonnes, co2eFactor, co2eSource, startedOn, endedOn }: Outcome): string {
  const parts = [
    quantity === null ? null : words.yearly(quantity, unit),
    euros === null ? null : words.t('lead.aYear', { quantity: words.number(euros, { style: 'currency', currency: 'EUR', maximumFractionDigits: 0 }) }),
    co2eTonnes === null ? null : words.t('introductions.outcome.co2e', { tonnes: words.number(co2eTonnes, { maximumFractionDigits: 1 }), factor: words.number(co2eFactor ?? 0, { maximumFractionDigits: 3 }), unit: words.of('unit', unit), source: co2eSource ?? '' }),
    words.t('introductions.outcome.since', { date: words.day(startedOn) }),
    endedOn === null ? null : words.t('verdict.until', { date: words.day(endedOn) }),
  ];
  return parts.filter(Boolean).join(' · ');
}

function OutcomeForm({ acts, introduction, from, onDone }: { acts: Acts; introduction: Introduction; from: Outcome | undefined; onDone(): void }): ReactNode {
  const words = useWords();
  const realisedOn = introduction.steps.filter(({ step }) => step === 'realised').at(-1)?.happenedOn;
  const [typed, setTyped] = useState<Typed>({
    quantity: from?.quantity ?? '', unit: from?.unit ?? introduction.sides.find(({ side }) => side === 'output')?.quantity?.split(' ').at(-1) ?? 't', euros: from?.euros ?? '',
    co2eFactor: from?.co2eFactor ?? '', co2eSource: from?.co2eSource ?? '', startedOn: from?.startedOn ?? realisedOn ?? todayHere(), endedOn: from?.endedOn ?? '',
  });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const set = <Name extends keyof Typed>(name: Name) => (value: Typed[Name]): void => setTyped((before) => ({ ...before, [name]: value }));
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setErrors({});
    const { unit, co2eSource, startedOn, endedOn } = typed;
    const done = await acts.run((at) => api.POST('/api/introductions/{id}/outcomes', {
      ...at, body: { quantity: orNull(typed.quantity), unit, euros: orNull(typed.euros), co2eFactor: orNull(typed.co2eFactor), co2eSource: co2eSource.trim() || null, startedOn, endedOn: endedOn || null },
    }), { done: words.t('introductions.outcome.done'), onFields: (refused) => setErrors(Object.fromEntries(refused.map((one) => [one.field, fieldText(words, one)]))) });
    if (done !== null) onDone();
  };
  const figure = (name: Figure, label: string, suffix: string): ReactNode => (
    <NumberInput label={label} suffix={suffix} hideControls decimalSeparator={words.language === 'fr' ? ',' : '.'} thousandSeparator={words.language === 'fr' ? '\u202f' : ','} allowedDecimalSeparators={[',', '.']} value={typed[name]} error={errors[name]} onChange={set(name)} />
  );
  const tonnes = typed.quantity === '' || typed.co2eFactor === '' ? null : (Number(typed.quantity) * Number(typed.co2eFactor)) / 1000;
  return (
    <form className="outcome-form" onSubmit={(event) => void submit(event)}>
      {figure('quantity', words.t('introductions.outcome.quantity'), '')}
      <label className="unit-field"><span>{words.t('introductions.outcome.unit')}</span>
        <select value={typed.unit} onChange={(event) => set('unit')(event.currentTarget.value)}>{[...new Set([...UNITS, typed.unit])].map((unit) => <option key={unit} value={unit}>{words.of('unit', unit)}</option>)}</select>
      </label>
      {figure('euros', words.t('introductions.outcome.euros'), ' €')}
      {figure('co2eFactor', words.t('introductions.outcome.factor', { unit: words.of('unit', typed.unit) }), '')}
      <TextInput className="span" label={words.t('introductions.outcome.source')} placeholder={words.t('introductions.outcome.source.example')} maxLength={300} value={typed.co2eSource} error={errors['co2eSource']} onChange={(event) => set('co2eSource')(event.currentTarget.value)} />
      <TextInput type="date" label={words.t('introductions.outcome.start')} required withAsterisk={false} value={typed.startedOn} error={errors['startedOn']} onChange={(event) => set('startedOn')(event.currentTarget.value)} />
      <TextInput type="date" label={words.t('introductions.outcome.end')} value={typed.endedOn} error={errors['endedOn']} onChange={(event) => set('endedOn')(event.currentTarget.value)} />
      <p className="hint span" role="status">{tonnes === null ? words.t('introductions.outcome.noCo2e') : words.t('introductions.outcome.computed', { tonnes: words.number(tonnes, { maximumFractionDigits: 1 }) })}</p>
      <Button className="span" type="submit" loading={acts.busy}>{words.t('introductions.outcome.save')}</Button>
    </form>
  );
}
