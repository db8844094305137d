import { type ReactNode, useId } from 'react';

interface Props<Value extends string> {
  legend: string;
  values: readonly { value: Value; label: string }[];
  value: Value | null;
  onChange(value: Value): void;
  error?: string | undefined;
}

/** One of a few, side by side, each as large as a thumb; a radio group to keys and screen readers. */
export function OneOf<Value extends string>({ legend, values, value, onChange, error }: Props<Value>): ReactNode {
  const name = useId();
  return (
    <fieldset aria-describedby={error ? `${name}-error` : undefined}>
      <legend>{legend}</legend>
      <div className="one-of">
        {values.map((one) => (
          <label key={one.value} className={one.value === value ? 'on' : undefined}>
            <input type="radio" name={name} checked={one.value === value} onChange={() => onChange(one.value)} />
            <span>{one.label}</span>
          </label>
        ))}
      </div>
      {error && <p className="field-error" id={`${name}-error`}>{error}</p>}
    </fieldset>
  );
}
