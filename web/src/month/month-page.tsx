import { Alert, Button, Group, Select, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { ShareBar } from '../figures/share-bar';
import { goTo } from '../location';
import type { PageProps } from '../page-props';
import { describeProblem } from '../problem-text';
import { useWords, type Words } from '../words';
import { CoverageBlock } from './coverage-block';
import { Delays, Expectation, Families, Gates, Impact, Lists, Reasons, Tiles } from './month-blocks';

/** `novembre 2026` */
function monthName(words: Words, month: string): string {
  return new Intl.DateTimeFormat(words.language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01T00:00:00Z`));
}

/** A month in figures, as an advisor may put it into a report. */
export function MonthPage({ rest, session }: PageProps): ReactNode {
  const words = useWords();
  const months = useQuery({ queryKey: ['months'], queryFn: () => sendSignedIn(() => api.GET('/api/months')) });
  const month = rest[0] ?? months.data?.months[0];
  const body = useQuery({ queryKey: ['month', month], queryFn: () => sendSignedIn(() => api.GET('/api/months/{month}', { params: { path: { month: month ?? '' } } })), enabled: month !== undefined });
  const failed = months.error ?? body.error;
  if (failed) return <main className="sheet"><Alert color="red" variant="light" title={words.t('month.failed')}>{describeProblem(words, asProblem(failed))} <Button size="compact-sm" variant="default" onClick={() => void Promise.all([months.refetch(), body.refetch()])}>{words.t('app.retry')}</Button></Alert></main>;
  if (!months.data || !body.data || month === undefined) return <main className="sheet" role="status"><span className="unseen">{words.t('app.loading')}</span><Skeleton height={400} /></main>;
  const { data } = body;
  const known = months.data.months.includes(month) ? months.data.months : [month, ...months.data.months];
  const empty = data.runs.published === 0 && data.decisions.accepted === 0 && data.decisions.rejected === 0;
  return (
    <main className="sheet">
      <div className="figures-head">
        <h1>{words.t('month.title', { month: monthName(words, month) })} <small className="muted">{session.territory.name}</small></h1>
        <Group gap={8} className="no-print">
          <Select size="xs" aria-label={words.t('month.choose')} value={month} onChange={(value) => value && goTo(`#/month/${value}`)} data={known.map((value) => ({ value, label: monthName(words, value) }))} allowDeselect={false} />
          <Button size="compact-sm" variant="default" component="a" href={`/api/months/${month}/file?format=xlsx`}>{words.t('month.xlsx')}</Button>
          <Button size="compact-sm" variant="default" component="a" href={`/api/months/${month}/file?format=csv`}>{words.t('month.csv')}</Button>
          <Button size="compact-sm" variant="default" onClick={() => window.print()}>{words.t('month.print')}</Button>
        </Group>
      </div>
      {data.running && <p className="muted">{words.t('month.running')}</p>}
      {data.smallKeptBack && <p className="muted">{words.t('month.partner')}</p>}
      {empty && <p>{words.t('month.nothing')}</p>}
      <Tiles month={data} />
      <section className="block">
        <h2>{words.t('month.quality')}<small>{words.t('month.quality.explain')}</small></h2>
        <ShareBar label={words.t('month.acceptance')} explain={words.t('month.acceptance.explain')} share={data.acceptance} />
        <ShareBar label={words.t('month.both')} explain={words.t('month.both.explain')} share={data.bothInterested} />
        <ShareBar label={words.t('month.realised')} explain={words.t('month.realised.explain')} share={data.realised} />
        <ShareBar label={words.t('month.knowable')} explain={words.t('month.knowable.explain')} share={data.knowablePrecision} />
        <ShareBar label={words.t('month.audit')} explain={words.t('month.audit.explain')} share={data.auditAcceptance} />
        <Expectation month={data} />
        <p className="muted figures-note">{words.t('month.agreement.none')}</p>
      </section>
      <div className="two"><Lists month={data} /><Delays month={data} /></div>
      <Impact month={data} />
      <div className="two"><Families month={data} /><Reasons month={data} /></div>
      <div className="two"><CoverageBlock /><Gates month={data} /></div>
    </main>
  );
}
