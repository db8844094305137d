import { type ReactNode, useId } from 'react';
import { useWords } from '../words';

const ALL = Array.from({ length: 12 }, (_unused, at) => at + 1);

interface Props {
  months: number[];
  onChange(months: number[]): void;
  error: string | undefined;
}

/** Twelve cells, and all of them at once; none: not known. */
export function MonthsField({ months, onChange, error }: Props): ReactNode {
  const words = useWords();
  const id = useId();
  const all = months.length === 12;
  const toggle = (month: number): void => onChange(months.includes(month) ? months.filter((one) => one !== month) : [...months, month].sort((one, other) => one - other));
  return (
    <fieldset aria-describedby={error ? `${id}-error` : undefined}>
      <legend>{words.t('capture.months')} <span className="muted months-said">{months.length === 0 ? words.t('capture.months.unknown') : ''}</span></legend>
      <div className="month-cells">
        <button type="button" className="month-all" aria-pressed={all} onClick={() => onChange(all ? [] : ALL)}>{words.t('capture.months.all')}</button>
        {ALL.map((month) => (
          <button key={month} type="button" aria-pressed={months.includes(month)} aria-label={words.months[month - 1]} onClick={() => toggle(month)}>{words.months[month - 1]!.slice(0, 1).toUpperCase()}</button>
        ))}
      </div>
      {error && <p className="field-error" id={`${id}-error`}>{error}</p>}
    </fieldset>
  );
}
