import type { ReactNode, Ref } from 'react';
import type { CandidateDetail } from '../api/types';
import { Marks } from '../review/marks';
import { describeDecision } from '../review/describe-decision';
import { useWords } from '../words';
import { FlowCard } from './flow-card';
import { Quantities } from './quantities';
import { Waterfall } from './waterfall';

/** Everything that an advisor needs to decide one lead. */
export function LeadView({ lead, heading }: { lead: CandidateDetail; heading: Ref<HTMLHeadingElement> }): ReactNode {
  const words = useWords();
  return (
    <article aria-labelledby="lead-heading">
      <header className="lead-head">
        <div className="lead-facts">
          {lead.rank !== null && <span>{words.t('lead.rank', { rank: lead.rank })}</span>}
          <Marks item={lead} />
          {lead.points !== null && <strong className="number" style={{ color: 'var(--ink)' }}>{words.t('lead.points', { points: words.points(lead.points) })}</strong>}
          {lead.probability !== null && <span>{words.t('lead.probability', { share: words.share(lead.probability) })}</span>}
          {lead.distanceKm !== null && <span className="number">{words.number(lead.distanceKm, { maximumFractionDigits: 1 })} km</span>}
          <span>{lead.assignee ? words.t('lead.assignee', { name: lead.assignee.name }) : words.t('lead.unassigned')}</span>
        </div>
        <h1 id="lead-heading" ref={heading} tabIndex={-1}>{lead.output.label} <span className="arrow" aria-hidden="true">→</span> {lead.input.label}</h1>
        <p className="lead-sentence">{lead.sentence}</p>
      </header>
      {lead.firstQuestion && <section className="block question"><h2>{words.t('lead.firstQuestion')}</h2>{lead.firstQuestion}</section>}
      <section className="block">
        <Quantities supply={lead.supply} demand={lead.demand} unit={lead.unit} />
      </section>
      <div className="two">
        <FlowCard side="output" flow={lead.output} other={lead.input} />
        <FlowCard side="input" flow={lead.input} other={lead.output} />
      </div>
      <section className="block">
        <h2>{words.t('lead.why')}</h2>
        <Waterfall parts={lead.parts} total={lead.points ?? 0} />
        {lead.probability === null && <p className="muted" style={{ margin: '8px 0 0', fontSize: 13 }}>{words.t('lead.noProbability')}</p>}
      </section>
      <div className="two">
        <section className="block">
          <h2>{words.t('lead.questions')}</h2>
          {lead.questions.length > 0 ? <ul className="plain">{lead.questions.map((question) => <li key={question}>{question}</li>)}</ul> : <span className="muted">{words.t('lead.noQuestions')}</span>}
        </section>
        <section className="block">
          <h2>{words.t('lead.money')}</h2>
          {lead.moneyAtStake ? lead.moneyAtStake.sentence : <span className="muted">{words.t('lead.moneyUnknown')}</span>}
        </section>
      </div>
      <div className="two">
        <section className="block">
          <h2>{words.t('lead.alike')}</h2>
          {lead.alike.length > 0 ? <ul className="plain">{lead.alike.map(({ verdict, count }) => <li key={verdict}>{count} {words.of('verdict', verdict)}</li>)}</ul> : <span className="muted">{words.t('lead.alike.none')}</span>}
        </section>
        <section className="block">
          <h2>{words.t('lead.history')}</h2>
          {lead.history.length > 0 ? <ul className="plain">{lead.history.map((decision) => <li key={decision.id}>{describeDecision(words, decision)}{decision.comment && <span className="muted"> — {decision.comment}</span>}</li>)}</ul> : <span className="muted">{words.t('lead.history.none')}</span>}
        </section>
      </div>
    </article>
  );
}
