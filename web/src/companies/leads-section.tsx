import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Session } from '../api/client';
import { leadAddress } from '../location';
import { useWords } from '../words';
import { introductionsQuery, leadsQuery } from './queries';

/** Leads and introductions that this company is or was part of. */
export function LeadsSection({ companyId, session }: { companyId: string; session: Session }): ReactNode {
  const words = useWords();
  const leads = useQuery(leadsQuery(companyId));
  const introductions = useQuery({ ...introductionsQuery(companyId), enabled: session.permissions.includes('introduction.read') });
  return (
    <>
      <section className="block" aria-labelledby="introductions">
        <h2 id="introductions">{words.t('companies.introductions')}</h2>
        {introductions.data?.items.length === 0 && <p className="hint">{words.t('companies.introductions.none')}</p>}
        <ul className="items">
          {(introductions.data?.items ?? []).map((item) => (
            <li key={item.id}>
              <div className="item-head"><a href={`#/introductions/${item.id}`}>{item.output.label} → {item.input.label}</a><span className="mark">{words.of('introductions.step', item.step)}</span></div>
              <div className="item-facts">{item.output.company} · {item.input.company} · {words.day(item.since)}</div>
            </li>
          ))}
        </ul>
      </section>
      <section className="block" aria-labelledby="leads">
        <h2 id="leads">{words.t('companies.leads')}</h2>
        {leads.data?.items.length === 0 && <p className="hint">{words.t('companies.leads.none')}</p>}
        <ul className="items">
          {(leads.data?.items ?? []).map((item) => (
            <li key={item.id}>
              <div className="item-head"><a href={leadAddress(item.id)}>{item.output.label} → {item.input.label}</a><span className="mark">{item.decision ? words.of('verdict', item.decision.verdict) : words.of('companies.lead.status', item.status)}</span></div>
              <div className="item-facts">{[item.output.companyId === companyId ? item.input.company : item.output.company, item.week, item.points === null ? null : words.t('companies.lead.points', { points: words.points(item.points) })].filter(Boolean).join(' · ')}</div>
            </li>
          ))}
        </ul>
        {leads.data?.next && <p className="hint">{words.t('companies.leads.more')}</p>}
      </section>
    </>
  );
}
