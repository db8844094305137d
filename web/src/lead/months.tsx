import type { ReactNode } from 'react';
import { useWords } from '../words';

const runsIn = (mask: number, month: number): boolean => (mask & (1 << month)) !== 0;

/** Twelve cells, January first; those that both flows have are underlined. Null: unknown. */
export function Months({ mask, other }: { mask: number | null; other: number | null }): ReactNode {
  const words = useWords();
  if (!mask) return <span className="muted">{words.t('lead.monthsUnknown')}</span>;
  const names = words.months.filter((_name, month) => runsIn(mask, month));
  return (
    <div className="months" role="img" aria-label={words.t('lead.monthsOf', { count: names.length, names: names.length === 12 ? '' : names.join(', ') }).replace(/ ?: $/, '')}>
      {words.months.map((name, month) => (
        <span key={name} className={`month${runsIn(mask, month) ? ' on' : ''}${other !== null && runsIn(mask & other, month) ? ' common' : ''}`}>
          {name[0]?.toLocaleUpperCase(words.language)}
        </span>
      ))}
    </div>
  );
}
