import { NumberInput, Slider } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words';

interface Props {
  label: string;
  value: number;
  /** What holds now; said where it is another. */
  now: number;
  min: number;
  max: number;
  step: number;
  onChange(value: number): void;
}

/** A number with a slider beside it. The slider's ends are the usual range; the number may be any that the server takes. */
export function Dial({ label, value, now, min, max, step, onChange }: Props): ReactNode {
  const words = useWords();
  const changed = Math.abs(value - now) > 1e-9;
  return (
    <div className={changed ? 'dial changed' : 'dial'}>
      <NumberInput size="xs" label={label} description={changed ? words.t('tuning.was', { value: words.number(now) }) : undefined} value={Math.round(value * 1000) / 1000} step={step} decimalScale={3}
        decimalSeparator={words.language === 'fr' ? ',' : '.'} onChange={(next) => typeof next === 'number' && onChange(next)} />
      <Slider size="sm" thumbLabel={label} label={null} min={min} max={max} step={step} value={Math.min(max, Math.max(min, value))} onChange={onChange} />
    </div>
  );
}
