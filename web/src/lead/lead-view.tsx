import type { ReactNode, Ref } from 'react';
import type { CandidateDetail, Verdict } from '../api/types';
import { Marks } from '../review/marks';
import { describeDecision } from '../review/describe-decision';
import { useWords } from '../words';
import { Exchange } from './exchange';
import { FlowCard } from './flow-card';
import { LeadMap } from './lead-map';
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
        <h2 id="lead-heading" ref={heading} tabIndex={-1}><Exchange output={lead.output.label} input={lead.input.label} /></h2>
        <p className="lead-sentence">{lead.sentence}</p>
        {lead.byHandReason && <p className="lead-sentence muted">{words.t('lead.byHandReason', { reason: lead.byHandReason })}</p>}
      </header>
      {lead.firstQuestion !== '' && <Block title={words.t('lead.firstQuestion')} kind="question">{lead.firstQuestion}</Block>}
      {lead.changes.items.length > 0 && (
        <Block title={words.t('lead.changes', { date: words.day(lead.changes.since) })} kind="question">
          <ul className="plain">{lead.changes.items.map(({ side, fact, text }) => <li key={`${side} ${fact}`}>{text}</li>)}</ul>
        </Block>
      )}
      <section className="block">
        <Quantities supply={lead.supply} demand={lead.demand} unit={lead.unit} />
      </section>
      <div className="two">
        <FlowCard side="output" flow={lead.output} other={lead.input} />
        <FlowCard side="input" flow={lead.input} other={lead.output} />
      </div>
      <LeadMap lead={lead} />
      <section className="block">
        <h3>{words.t('lead.why')}</h3>
        <Waterfall parts={lead.parts} total={lead.points ?? 0} />
        {lead.whatWouldChange !== '' && <p style={{ margin: '8px 0 0' }}><span className="muted">{words.pair(words.t('lead.whatWouldChange'), '')}</span>{lead.whatWouldChange}</p>}
        {lead.probability === null && <p className="muted" style={{ margin: '8px 0 0', fontSize: 13 }}>{words.t('lead.noProbability')}</p>}
      </section>
      <div className="two">
        <Block title={words.t('lead.questions')}>
          <Texts texts={lead.regulatory.map(({ text }) => text)} none={words.t('lead.noQuestions')} />
          <p className="muted" style={{ margin: '8px 0 0', fontSize: 13 }}>{words.t('lead.noLegalAdvice')}</p>
        </Block>
        <div>
          <Block title={words.t('lead.money')}>{lead.moneyAtStake ? lead.moneyAtStake.sentence : <span className="muted">{words.t('lead.moneyUnknown')}</span>}</Block>
          {lead.questions.length > 0 && <Block title={words.t('lead.toAsk')}><Texts texts={lead.questions.map(({ text }) => text)} none="" /></Block>}
        </div>
      </div>
      <div className="two">
        <Block title={words.t('lead.alike')}>
          <Texts texts={[...lead.alike.map(({ verdict, count }) => words.t(`verdict.counts.${verdict as Verdict}`, { count })), ...lead.alikeReasons.map(({ label, count }) => words.pair(label, count))]} none={words.t('lead.alike.none')} />
        </Block>
        <Block title={words.t('lead.history')}>
          <Texts texts={lead.history.map((decision) => [describeDecision(words, decision), decision.comment].filter(Boolean).join(' — '))} none={words.t('lead.history.none')} />
        </Block>
      </div>
    </article>
  );
}

function Block({ title, kind = '', children }: { title: string; kind?: string; children: ReactNode }): ReactNode {
  return <section className={`block ${kind}`}><h3>{title}</h3>{children}</section>;
}

function Texts({ texts, none }: { texts: readonly string[]; none: string }): ReactNode {
  if (texts.length === 0) return <span className="muted">{none}</span>;
  return <ul className="plain">{texts.map((text, index) => <li key={index}>{text}</li>)}</ul>;
}
