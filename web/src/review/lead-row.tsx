import type { ReactNode } from 'react';
import type { ListItem } from '../api/types';
import { leadAddress } from '../location';
import { useWords } from '../words';
import { Marks } from './marks';

/** One lead of the list: what → what, company → company, and the figures that rank it. */
export function LeadRow({ item, chosen }: { item: ListItem; chosen: boolean }): ReactNode {
  const words = useWords();
  const km = item.distanceKm === null ? '' : words.number(item.distanceKm, { maximumFractionDigits: item.distanceKm < 10 ? 1 : 0 });
  const arrow = <span className="arrow" aria-hidden="true">→</span>;
  return (
    <a href={leadAddress(item.id)} className={`row row-grid${item.status === 'open' ? '' : ' is-closed'}`} aria-current={chosen ? 'true' : undefined} tabIndex={0}>
      <span className="row-rank number">{item.rank === null ? '' : <><span className="unseen">{words.t('list.row.rank', { rank: item.rank })}</span><span aria-hidden="true">{item.rank}</span></>}</span>
      <span style={{ minWidth: 0 }}>
        <span className="row-what" style={{ display: 'block' }}>{item.output.label} {arrow} {item.input.label}</span>
        <span className="row-who" style={{ display: 'block' }}><Marks item={item} />{item.output.company} {arrow} {item.input.company}</span>
        <span className="row-more number only-narrow">{[km && `${km} km`, item.covered !== null && words.t('list.row.covered', { share: words.share(item.covered) })].filter(Boolean).join(' · ')}</span>
      </span>
      <span className="row-side number wide">{km}</span>
      <span className="row-side number wide"><Covered share={item.covered} /></span>
      <span className="row-points number">{item.points === null ? '' : words.points(item.points)}</span>
    </a>
  );
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
