import { NativeSelect, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { OneOf } from '../forms/one-of';
import { useWords } from '../words';
import { CategoryField } from './category-field';
import './flow-form.css';
import { MonthsField } from './months-field';
import { type Category, hasPeriod, PERIODS, type TypedFlow, unitsOf } from './typed-flow';

interface Props {
  typed: TypedFlow;
  onChange(change: Partial<TypedFlow>): void;
  categories: readonly Category[];
  /** Texts by the API's names of fields. */
  errors: Readonly<Record<string, string | undefined>>;
  /** What is seldom known is folded away at first. */
  short?: boolean;
}

/** What may be said of a flow, but its direction and where it is. */
export function FlowFields({ typed, onChange, categories, errors, short = false }: Props): ReactNode {
  const words = useWords();
  const category = categories.find(({ slug }) => slug === typed.category);
  const units = unitsOf(category);
  const unit = typed.unit || units[0] || 't';
  const [open, setOpen] = useState(!short || typed.presentOutlet !== '' || typed.presentCost !== '');
  const isOutput = typed.direction === 'output';
  return (
    <>
      <CategoryField typed={typed} onChange={onChange} categories={categories} error={errors['category'] ?? errors['description']} />
      <div className="span quantity">
        <TextInput label={words.t('capture.quantity')} inputMode="decimal" autoComplete="off" value={typed.amount} error={errors['quantity.value'] ?? errors['quantity']} onChange={(event) => onChange({ amount: event.currentTarget.value })} />
        <NativeSelect label={words.t('capture.unit')} value={unit} error={errors['quantity.unit']} data={[...new Set([...units, unit])].map((one) => ({ value: one, label: words.of('unit', one) }))} onChange={(event) => onChange({ unit: event.currentTarget.value })} />
        {hasPeriod(unit) && <NativeSelect label={words.t('capture.period')} value={typed.period} error={errors['quantity.period']} data={PERIODS.map((period) => ({ value: period, label: words.of('capture.period', period) }))} onChange={(event) => onChange({ period: event.currentTarget.value })} />}
      </div>
      <div className="span"><MonthsField months={typed.months} onChange={(months) => onChange({ months })} error={errors['months']} /></div>
      <div className="span">
        <OneOf legend={words.t('capture.wish')} value={typed.wish} error={errors['wish']} onChange={(wish) => onChange({ wish })}
          values={(['yes', 'not-asked', 'no'] as const).map((wish) => ({ value: wish, label: words.t(`capture.wish.${wish}`) }))} />
      </div>
      {open ? (
        <>
          <TextInput label={words.t(isOutput ? 'capture.outlet' : 'capture.source')} value={typed.presentOutlet} error={errors['presentOutlet']} maxLength={2000} onChange={(event) => onChange({ presentOutlet: event.currentTarget.value })} />
          <TextInput label={words.t('capture.cost', { unit: words.of('capture.oneUnit', category?.baseUnit ?? 't', words.of('unit', category?.baseUnit ?? 't')) })} description={words.t(isOutput ? 'capture.cost.output' : 'capture.cost.input')} inputMode="text" inputWrapperOrder={['label', 'input', 'description', 'error']} value={typed.presentCost} error={errors['presentCost']}
            onChange={(event) => onChange({ presentCost: event.currentTarget.value })} />
        </>
      ) : <button type="button" className="span link-button" onClick={() => setOpen(true)}>{words.t(isOutput ? 'capture.more.output' : 'capture.more.input')}</button>}
    </>
  );
}
