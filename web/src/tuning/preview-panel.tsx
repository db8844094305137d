import { Alert, Button, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { ShareBar } from '../figures/share-bar';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import type { PolicyDocument, Preview, PreviewedPair, PreviewedRun } from './document';

/** While a slider moves nothing is asked. */
const STILL_MS = 300;
const RUNS = ['1', '4', '8', '12'];

/** The last lists under the active policy and under the one on screen. */
export function PreviewPanel({ document, against }: { document: PolicyDocument; against: number }): ReactNode {
  const words = useWords();
  const [runs, setRuns] = useState('4');
  const [still] = useDebouncedValue(document, STILL_MS);
  const preview = useQuery({
    queryKey: ['preview', against, runs, still], queryFn: () => sendSignedIn(() => api.POST('/api/tuning/preview', { body: { document: still, against, runs: Number(runs) } })),
    placeholderData: keepPreviousData, staleTime: 60_000,
  });
  const busy = preview.isFetching || still !== document;
  const problem = preview.error ? asProblem(preview.error) : null;
  return (
    <section className="block preview" aria-busy={busy}>
      <div className="preview-head">
        <h2>{words.t('tuning.preview')}</h2>
        <Select size="xs" w={170} allowDeselect={false} aria-label={words.t('tuning.preview.runs')} value={runs} onChange={(value) => value && setRuns(value)} data={RUNS.map((value) => ({ value, label: words.t('tuning.preview.lastRuns', { count: Number(value) }) }))} />
      </div>
      <p className="muted" role="status">{busy ? words.t('tuning.preview.working') : words.t('tuning.preview.explain', { version: against })}</p>
      {problem && (
        <Alert color="red" variant="light" title={words.t('tuning.preview.failed')}>
          {describeProblem(words, problem)} {problem.errors.map(({ field, expected }) => <div key={field}>{field} ({expected})</div>)}
          <Button size="compact-xs" variant="default" onClick={() => void preview.refetch()}>{words.t('app.retry')}</Button>
        </Alert>
      )}
      {!problem && preview.data && (preview.data.runs.length === 0 ? <p>{words.t('tuning.preview.none')}</p> : <Compared preview={preview.data} against={against} />)}
    </section>
  );
}

function Compared({ preview: { runs, decided }, against }: { preview: Preview; against: number }): ReactNode {
  const words = useWords();
  return (
    <>
      {runs.map((run, at) => <ComparedRun key={run.runId} run={run} against={against} open={at === 0 || run.entered.length + run.left.length > 0} />)}
      <h3>{words.t('tuning.decided')}</h3>
      <p className="decided"><b>{words.t('tuning.decided.lost')}</b> {words.t('tuning.decided.counts', { ...decided.lost })}<br /><b>{words.t('tuning.decided.gained')}</b> {words.t('tuning.decided.counts', { ...decided.gained })}</p>
      <ShareBar label={`${words.t('tuning.decided.acceptance')}, ${words.t('tuning.figure.before', { version: against }).toLocaleLowerCase()}`} share={decided.acceptanceBefore} />
      <ShareBar label={`${words.t('tuning.decided.acceptance')}, ${words.t('tuning.figure.after').toLocaleLowerCase()}`} share={decided.acceptanceAfter} />
      <details>
        <summary>{words.t('tuning.gates')}</summary>
        <table className="figures">
          <thead><tr><th>{words.t('tuning.gate')}</th><th className="right">{words.t('tuning.figure.before', { version: against })}</th><th className="right">{words.t('tuning.figure.after')}</th></tr></thead>
          <tbody>{runs[0].funnel.filter(({ before, after }) => before.removed + after.removed > 0).map(({ gate, label, before, after }) => (
            <tr key={gate} className={before.removed === after.removed ? undefined : 'changed'}><th scope="row">{label}</th>{[before, after].map(({ removed, exact }, at) => <td key={at} className="right">{exact ? '' : '≈ '}{words.number(removed)}</td>)}</tr>
          ))}</tbody>
        </table>
      </details>
    </>
  );
}

function ComparedRun({ run, against, open }: { run: PreviewedRun; against: number; open: boolean }): ReactNode {
  const words = useWords();
  const { before, after, entered, left, moved } = run;
  const count = ({ count: pairs, exact }: { count: number; exact: boolean }): string => `${exact ? '' : '≈ '}${words.number(pairs)}`;
  const rows: [string, string, string][] = [
    [words.t('tuning.figure.listed'), words.number(before.listed), words.number(after.listed)],
    [words.t('tuning.figure.audit'), words.number(before.audit), words.number(after.audit)],
    [words.t('tuning.figure.minutes'), words.number(before.minutes, { maximumFractionDigits: 0 }), words.number(after.minutes, { maximumFractionDigits: 0 })],
    [words.t('tuning.figure.above'), count(before.aboveThreshold), count(after.aboveThreshold)],
    [words.t('tuning.figure.passed'), count(before.passed), count(after.passed)],
    [words.t('tuning.figure.binds'), words.t(`tuning.binds.${before.binds}`), words.t(`tuning.binds.${after.binds}`)],
  ];
  return (
    <details className="previewed" open={open}>
      <summary>
        <b>{words.t('tuning.preview.week', { week: Number(run.week.slice(-2)), attempt: run.attempt })}</b>
        <span className={entered.length > 0 ? 'change-tag entered' : 'change-tag'}>{words.t('tuning.entered', { count: entered.length })}</span>
        <span className={left.length > 0 ? 'change-tag left' : 'change-tag'}>{words.t('tuning.left', { count: left.length })}</span>
        <span className="change-tag">{words.t('tuning.moved', { count: moved.length })}</span>
      </summary>
      <table className="figures">
        <thead><tr><td /><th>{words.t('tuning.figure.before', { version: against })}</th><th>{words.t('tuning.figure.after')}</th></tr></thead>
        <tbody>{rows.map(([label, earlier, later]) => <tr key={label} className={earlier === later ? undefined : 'changed'}><th scope="row">{label}</th><td>{earlier}</td><td>{later}</td></tr>)}</tbody>
      </table>
      <Pairs title={words.t('tuning.pairs.entered')} pairs={entered} kind="entered" />
      <Pairs title={words.t('tuning.pairs.left')} pairs={left} kind="left" />
      {moved.length > 0 && <details className="moved"><summary>{words.t('tuning.pairs.moved')}</summary><Pairs pairs={moved} kind="moved" /></details>}
    </details>
  );
}

function Pairs({ title, pairs, kind }: { title?: string; pairs: PreviewedPair[]; kind: 'entered' | 'left' | 'moved' }): ReactNode {
  const words = useWords();
  if (pairs.length === 0) return null;
  const place = ({ rankBefore, rankAfter, pointsBefore, pointsAfter }: PreviewedPair): string => (kind === 'moved'
    ? words.t('tuning.rank', { before: rankBefore ?? 0, after: rankAfter ?? 0 })
    : words.t('tuning.rankIn', { rank: rankAfter ?? rankBefore ?? 0, points: words.points(pointsAfter ?? pointsBefore ?? 0) }));
  return (
    <>
      {title && <h3>{title}</h3>}
      <ul className={`pairs ${kind}`}>
        {pairs.map((pair) => (
          <li key={pair.id}>
            <span>{pair.output.label[words.language]} → {pair.input.label[words.language]} <span className="muted">{pair.output.company} → {pair.input.company}, {words.number(pair.distanceKm)} km</span></span>
            <span className="number">{place(pair)}</span>
            <span className={pair.verdict === null ? 'muted' : `verdict ${pair.verdict}`}>{pair.verdict === null ? words.t('tuning.unknownVerdict') : words.of('verdict', pair.verdict)}{pair.reasonLabel && <small className="muted"> {pair.reasonLabel}</small>}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
