import type { ReactNode } from 'react';
import type { ListItem } from '../api/types';
import { Exchange } from '../lead/exchange';
import { leadAddress } from '../location';
import { useWords } from '../words';
import { Marks } from './marks';

/** What a line shows; of an analyst's list as well, where companies bear pseudonyms. */
type Line = Pick<ListItem, 'id' | 'rank' | 'kind' | 'points' | 'distanceKm' | 'covered' | 'status' | 'decision' | 'week' | 'fromEarlierWeek' | 'returnedBecause'> & Record<'output' | 'input', { label: string; company: string }>;

/** One lead of the list: what → what, company → company, and the figures that rank it. Without `linked` it leads nowhere. */
export function LeadRow({ item, chosen, linked = true }: { item: Line; chosen: boolean; linked?: boolean }): ReactNode {
  const words = useWords();
  const km = item.distanceKm === null ? '' : words.number(item.distanceKm, { maximumFractionDigits: item.distanceKm < 10 ? 1 : 0 });
  const arrow = <span className="arrow" aria-hidden="true">→</span>;
  const className = `row row-grid${item.status === 'open' ? '' : ' is-closed'}`;
  const cells = (
    <>
      <span className="row-rank number">{item.rank === null ? '' : <><span className="unseen">{words.t('list.row.rank', { rank: item.rank })}</span><span aria-hidden="true">{item.rank}</span></>}</span>
      <span style={{ minWidth: 0 }}>
        <span className="row-what" style={{ display: 'block' }}><Exchange output={item.output.label} input={item.input.label} /></span>
        <span className="row-who" style={{ display: 'block' }}><Marks item={item} />{item.output.company} {arrow} {item.input.company}</span>
        <span className="row-more number only-narrow">{[km && `${km} km`, item.covered !== null && words.t('list.row.covered', { share: words.share(item.covered) })].filter(Boolean).join(' · ')}</span>
      </span>
      <span className="row-side number wide">{km}</span>
      <span className="row-side number wide"><Covered share={item.covered} /></span>
      <span className="row-points number">{item.points === null ? '' : words.points(item.points)}</span>
    </>
  );
  return linked ? <a href={leadAddress(item.id)} className={className} aria-current={chosen ? 'true' : undefined}>{cells}</a> : <div className={className}>{cells}</div>;
}

function Covered({ share }: { share: number | null }): ReactNode {
  const words = useWords();
  if (share === null) return <span className="muted" title={words.t('list.row.coveredUnknown')}>?</span>;
  return (
    <>
      {words.share(share)}
      <span className="share-bar" style={{ display: 'block' }} aria-hidden="true"><i style={{ width: `${Math.min(1, share) * 100}%` }} /></span>
    </>
  );
}
