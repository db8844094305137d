import { Alert, Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { CartesianGrid, Legend, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { ShareBar, shareText } from '../figures/share-bar';
import { describeProblem } from '../problem-text';
import { type MessageKey, useWords } from '../words';
import type { Evidence } from './document';

/** What decisions say of the policy. */
export function EvidencePanel({ threshold }: { threshold: number }): ReactNode {
  const words = useWords();
  const evidence = useQuery({ queryKey: ['evidence'], queryFn: () => sendSignedIn(() => api.GET('/api/tuning/evidence')) });
  if (evidence.error) return <Alert color="red" variant="light" title={words.t('tuning.failed')}>{describeProblem(words, asProblem(evidence.error))} <Button size="compact-sm" variant="default" onClick={() => void evidence.refetch()}>{words.t('app.retry')}</Button></Alert>;
  if (!evidence.data) return <Skeleton height={240} />;
  const { data } = evidence;
  return (
    <>
      <p className="muted">{words.t('tuning.evidence.weeks', { weeks: data.weeks.length, decisions: data.decisions, minutes: words.number(data.reviewMinutes, { maximumFractionDigits: 1 }), measured: String(data.reviewMinutesMeasured) })}</p>
      <Curves curve={data.curve} threshold={threshold} />
      <section className="block"><ShareBar label={words.t('tuning.audit')} explain={words.t('tuning.audit.explain')} share={data.auditAcceptance} /></section>
      <section className="block">
        <h2>{words.t('tuning.reasons')}</h2>
        {data.reasons.length === 0 ? <p className="muted">{words.t('tuning.reasons.none')}</p> : (
          <div className="figures-scroll" tabIndex={0} role="region" aria-label={words.t('tuning.reasons')}>
            <table className="figures">
              <thead><tr><th>{words.t('tuning.category')}</th><th>{words.t('tuning.curve.acceptance')}</th><th>{words.t('tuning.reasons.column')}</th></tr></thead>
              <tbody>{data.reasons.map(({ category, label, acceptance, reasons }) => (
                <tr key={category}><th scope="row">{label[words.language]}</th><td className={acceptance.share === null ? 'muted' : undefined}>{shareText(words, acceptance)}</td><td>{reasons.map((one) => `${one.label} (${one.count})`).join(', ') || '–'}</td></tr>
              ))}</tbody>
            </table>
          </div>
        )}
      </section>
      <Reliability reliability={data.reliability} />
    </>
  );
}

function Curves({ curve, threshold }: { curve: Evidence['curve']; threshold: number }): ReactNode {
  const words = useWords();
  const points = curve.map((point) => ({ ...point, acceptanceShare: point.acceptance.share, knowableShare: point.knowablePrecision.share }));
  const chart = (title: MessageKey, lines: [string, MessageKey, string][], percent: boolean): ReactNode => (
    <div>
      <h3>{words.t(title)}</h3>
      <div className="chart" aria-hidden="true">
        <ResponsiveContainer>
          <LineChart data={points} accessibilityLayer={false} margin={{ top: 8, right: 8, left: -12, bottom: 4 }}>
            <CartesianGrid vertical={false} />
            <XAxis dataKey="thresholdPoints" type="number" domain={['dataMin', 'dataMax']} tickLine={false} />
            <YAxis domain={percent ? [0, 1] : [0, 'auto']} tickFormatter={(value: number) => (percent ? words.share(value) : words.number(value))} tickLine={false} axisLine={false} />
            <Tooltip labelFormatter={(value) => `${words.t('tuning.curve.points')} : ${String(value)}`} formatter={(value) => (percent ? words.share(Number(value)) : words.number(Number(value), { maximumFractionDigits: 1 }))} />
            <Legend />
            {lines.map(([key, label, colour]) => <Line key={key} isAnimationActive={false} dataKey={key} name={words.t(label)} stroke={colour} strokeWidth={2} strokeDasharray={label === 'tuning.curve.knowable' ? '6 4' : undefined} dot={false} connectNulls={false} />)}
          </LineChart>
        </ResponsiveContainer>
      </div>
    </div>
  );
  return (
    <section className="block">
      <h2>{words.t('tuning.curve')}<small>{words.t('tuning.curve.explain')}</small></h2>
      {points.length === 0 ? <p className="muted">{words.t('tuning.curve.none')}</p> : (
        <>
          {points[0].acceptance.share === null && <p className="muted">{words.t('tuning.curve.few')}</p>}
          <div className="curves">
            {chart('tuning.curve.precision', [['acceptanceShare', 'tuning.curve.acceptance', 'var(--supply)'], ['knowableShare', 'tuning.curve.knowable', 'var(--demand)']], true)}
            {chart('tuning.curve.yield', [['shown', 'tuning.curve.shown', 'var(--muted)'], ['accepted', 'tuning.curve.accepted', 'var(--supply)'], ['minutes', 'tuning.curve.minutes', 'var(--minus)']], false)}
          </div>
          <details>
            <summary>{words.t('tuning.figure')}</summary>
            <div className="figures-scroll" tabIndex={0} role="region" aria-label={words.t('tuning.curve')}>
              <table className="figures">
                <thead><tr>{(['points', 'shown', 'minutes', 'accepted', 'acceptance', 'knowable'] as const).map((name) => <th key={name}>{words.t(`tuning.curve.${name}`)}</th>)}</tr></thead>
                <tbody>{curve.map((point) => (
                  <tr key={point.thresholdPoints} className={point.thresholdPoints <= threshold && threshold < point.thresholdPoints + 2 ? 'changed' : undefined}>
                    <th scope="row">{words.points(point.thresholdPoints)}</th>
                    {[point.shown, point.minutes, point.accepted].map((value, at) => <td key={at}>{words.number(value, { maximumFractionDigits: 1 })}</td>)}
                    <td>{shareText(words, point.acceptance)}</td><td>{shareText(words, point.knowablePrecision)}</td>
                  </tr>
                ))}</tbody>
              </table>
            </div>
          </details>
        </>
      )}
    </section>
  );
}

function Reliability({ reliability: { bins, missing } }: { reliability: Evidence['reliability'] }): ReactNode {
  const words = useWords();
  return (
    <section className="block">
      <h2>{words.t('tuning.reliability')}</h2>
      {bins.length === 0 ? <p className="muted">{words.t('tuning.reliability.missing', { missing })}</p> : bins.map(({ from, said, observed }) => (
        <ShareBar key={from} label={`${words.t('tuning.reliability.said')} ${words.share(said)}`} explain={words.t('tuning.reliability.observed')} share={observed} />
      ))}
    </section>
  );
}
