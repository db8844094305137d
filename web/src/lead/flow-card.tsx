import type { ReactNode } from 'react';
import type { FlowDetail } from '../api/types';
import { useWords, type Words } from '../words';
import { Months } from './months';

function ageText(words: Words, days: number): string {
  return days < 60 ? words.t('lead.ageDays', { days }) : words.t('lead.ageMonths', { months: Math.floor(days / 30.44) });
}

/** `030105` as the European list prints it: `03 01 05`. */
function wasteCodeText(code: string): string {
  return code.replace(/(\d{2})(?=\d)/g, '$1\u00a0');
}

/** One side of a lead, with what is known of it; what is unknown says so where it decides. */
export function FlowCard({ flow, side, other }: { flow: FlowDetail; side: 'output' | 'input'; other: FlowDetail }): ReactNode {
  const words = useWords();
  const cost = flow.presentCost === null ? null : words.t('lead.unitCost', { cost: words.number(flow.presentCost, { style: 'currency', currency: 'EUR', maximumFractionDigits: 2, minimumFractionDigits: 0 }), unit: words.of('unit', flow.unit) });
  const ends = flow.contractEndsOn ? words.t('lead.contractEnds', { date: words.day(flow.contractEndsOn) }) : null;
  const present = [flow.presentOutlet, cost, ends].filter(Boolean).join(' · ');
  const rows: [string, ReactNode][] = [
    [words.t('lead.quantity'), flow.quantity === null ? words.t('lead.unknown') : `${words.yearly(flow.quantity, flow.unit)}, ${words.of('provenance', flow.provenance ?? 'unknown')}`],
    [words.t('lead.confirmedLabel'), <span key="age" title={words.day(flow.confirmedOn)}>{ageText(words, flow.ageDays)}</span>],
    [words.t('lead.wish'), words.of('wish', flow.wish ?? 'unknown')],
  ];
  if (flow.minimumLot !== null) rows.push([words.t('lead.minimumLot'), words.quantity(flow.minimumLot, flow.unit)]);
  for (const { label, value } of flow.qualities) rows.push([label, value]);
  if (flow.wasteCode) rows.push([words.t('lead.wasteCode'), [wasteCodeText(flow.wasteCode), flow.hazardous ? words.t('lead.hazardous') : null, flow.codeOrigin === 'suggested' ? words.t('lead.codeSuggested') : null].filter(Boolean).join(' · ')]);
  else if (flow.hazardous) rows.push([words.t('lead.wasteCode'), words.t('lead.hazardous')]);
  if (present) rows.push([words.t(side === 'output' ? 'lead.outlet' : 'lead.source'), present]);
  return (
    <section className={`block flow ${side}`} aria-label={words.t(`lead.${side}`)}>
      <h3>{words.t(`lead.${side}`)}</h3>
      <div className="flow-company">{flow.territory === null ? <a href={`#/companies/${encodeURIComponent(flow.companyId)}`}>{flow.company}</a> : flow.company}</div>
      <div className="muted" style={{ fontSize: 13 }}>{[flow.commune, flow.territory && words.t('lead.territory', { name: flow.territory }), flow.referent ? words.t('lead.referent', { name: flow.referent.name }) : words.t('lead.noReferent')].filter(Boolean).join(' · ')}</div>
      {flow.withdrawn && <p className="warning">{words.t('lead.withdrawn')}</p>}
      <p style={{ margin: '8px 0 0' }}>{flow.description || flow.label}</p>
      <dl>{rows.map(([name, value]) => <div key={name} style={{ display: 'contents' }}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <div className={side === 'input' ? 'demand' : ''} style={{ marginTop: 10 }}><Months mask={flow.months} other={other.months} /></div>
    </section>
  );
}
