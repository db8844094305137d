import type { ReactNode } from 'react';
import { useWords, type Words } from '../words';
import './figures.css';

/** A share as the API tells it; nulls: kept back, or too few to tell. */
export interface ToldShare {
  successes: number | null;
  of: number | null;
  share: number | null;
  low: number | null;
  high: number | null;
  missing: number | null;
}

/** `12 sur 20, 60 % (41 à 77 %)`, or why it is not told. */
export function shareText(words: Words, { successes, of, share, low, high, missing }: ToldShare): string {
  if (share !== null && low !== null && high !== null) return words.t('share.told', { successes: successes ?? 0, of: of ?? 0, share: words.share(share), low: words.share(low), high: words.share(high) });
  return missing === null ? words.t('share.keptBack') : words.t('share.tooFew', { successes: successes ?? 0, of: of ?? 0, missing });
}

/** A share as a bar with its interval as a whisker. The words beside it say the same. */
export function ShareBar({ label, share, explain }: { label: string; share: ToldShare; explain?: string }): ReactNode {
  const words = useWords();
  const percent = (value: number | null): string => `${(value ?? 0) * 100}%`;
  return (
    <div className="share-row">
      <span className="share-label">{label}{explain && <small className="muted">{explain}</small>}</span>
      <span className="share-track" aria-hidden="true">
        {share.share !== null && <><i className="share-fill" style={{ width: percent(share.share) }} /><i className="share-whisker" style={{ left: percent(share.low), width: percent((share.high ?? 0) - (share.low ?? 0)) }} /></>}
      </span>
      <span className={share.share === null ? 'muted share-text' : 'share-text'}>{shareText(words, share)}</span>
    </div>
  );
}

/** Counts as bars, the longest first as they come. */
export function CountBars({ rows }: { rows: { key: string; label: ReactNode; count: number }[] }): ReactNode {
  const words = useWords();
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <ul className="count-bars">
      {rows.map(({ key, label, count }) => (
        <li key={key}><span>{label}</span><span className="share-track" aria-hidden="true"><i className="share-fill" style={{ width: `${(count / most) * 100}%` }} /></span><span className="number">{words.number(count)}</span></li>
      ))}
    </ul>
  );
}
