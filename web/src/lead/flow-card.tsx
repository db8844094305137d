import type { ReactNode } from 'react';
import type { FlowDetail } from '../api/types';
import { useWords, type Words } from '../words';
import { Months } from './months';

const DAY_MS = 86_400_000;

function ageText(words: Words, confirmedOn: string | null): string {
  if (confirmedOn === null) return words.t('lead.neverConfirmed');
  const days = Math.max(0, Math.floor((Date.now() - new Date(`${confirmedOn}T00:00:00`).getTime()) / DAY_MS));
  return days < 60 ? words.t('lead.ageDays', { days }) : words.t('lead.ageMonths', { months: Math.floor(days / 30.44) });
}

/** One side of a lead, with what is known of it; what is unknown says so where it decides. */
export function FlowCard({ flow, side, other }: { flow: FlowDetail; side: 'output' | 'input'; other: FlowDetail }): ReactNode {
  const words = useWords();
  const cost = flow.presentCost === null ? null : words.t('lead.unitCost', { cost: words.number(flow.presentCost, { style: 'currency', currency: 'EUR', maximumFractionDigits: 2, minimumFractionDigits: 0 }), unit: words.of('unit', flow.unit) });
  const ends = flow.contractEnd ? words.t('lead.contractEnds', { date: words.day(flow.contractEnd) }) : null;
  const present = [flow.presentOutlet, cost, ends].filter(Boolean).join(' · ');
  const rows: [string, ReactNode][] = [
    [words.t('lead.quantity'), flow.quantity === null ? words.t('lead.unknown') : `${words.t('lead.aYear', { quantity: words.quantity(flow.quantity, flow.unit) })}, ${words.of('provenance', flow.provenance)}`],
    [words.t('lead.confirmedLabel'), <span key="age" title={flow.confirmedOn ? words.day(flow.confirmedOn) : undefined}>{ageText(words, flow.confirmedOn)}</span>],
    [words.t('lead.wish'), words.of('wish', flow.wish)],
  ];
  if (flow.wasteCode) rows.push([words.t('lead.wasteCode'), [flow.wasteCode, flow.hazardous ? words.t('lead.hazardous') : null, flow.codeOrigin === 'suggested' ? words.t('lead.codeSuggested') : null].filter(Boolean).join(' · ')]);
  else if (flow.hazardous) rows.push([words.t('lead.wasteCode'), words.t('lead.hazardous')]);
  if (present) rows.push([words.t(side === 'output' ? 'lead.outlet' : 'lead.source'), present]);
  return (
    <section className={`block flow ${side}`} aria-label={words.t(`lead.${side}`)}>
      <h2>{words.t(`lead.${side}`)}</h2>
      <div className="flow-company">{flow.company}</div>
      <div className="muted" style={{ fontSize: 13 }}>{[flow.commune, flow.referent ? words.t('lead.referent', { name: flow.referent.name }) : words.t('lead.noReferent')].filter(Boolean).join(' · ')}</div>
      <p style={{ margin: '8px 0 0' }}>{flow.description || flow.label}</p>
      <dl>{rows.map(([name, value]) => <div key={name} style={{ display: 'contents' }}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <div className={side === 'input' ? 'demand' : ''} style={{ marginTop: 10 }}><Months mask={flow.months} other={other.months} /></div>
    </section>
  );
}
