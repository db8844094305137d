import type { ReactNode } from 'react';
import { useWords } from '../words';

interface Props {
  /** What the output would give, in the input's unit a year; null unknown. */
  supply: number | null;
  demand: number | null;
  unit: string;
}

/** Supply against demand on one scale. */
export function Quantities({ supply, demand, unit }: Props): ReactNode {
  const words = useWords();
  const scale = Math.max(supply ?? 0, demand ?? 0) || 1;
  const row = (kind: 'supply' | 'demand', value: number | null): ReactNode => (
    <div className={`quantity-row ${kind}`}>
      <span>{words.t(`lead.${kind}`)}</span>
      <span className="track" aria-hidden="true">{value === null ? <i className="unknown" /> : <i className="fill" style={{ width: `${(value / scale) * 100}%` }} />}</span>
      <span className="number">{value === null ? <span className="muted">{words.t('lead.quantityUnknown')}</span> : words.yearly(value, unit)}</span>
    </div>
  );
  return (
    <div>
      {row('supply', supply)}
      {row('demand', demand)}
      <p style={{ margin: 0 }}>
        {supply === null || demand === null || demand === 0
          ? <span className="muted">{words.t('lead.coverUnknown')}</span>
          : <><strong>{words.t('lead.covers', { share: words.share(Math.min(1, supply / demand)) })}</strong>{supply > demand && <span className="muted"> · {words.t('lead.surplus', { share: words.share(demand / supply) })}</span>}</>}
      </p>
    </div>
  );
}
