import { ActionIcon, Alert, Button, Group, Skeleton, Switch } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { asProblem } from '../api/problem';
import type { ListItem, WeeklyList } from '../api/types';
import { describeProblem } from '../problem-text';
import { useWords, type Words } from '../words';
import type { LeadFilter } from './filter-leads';
import { LeadRow } from './lead-row';
import { ListFilters } from './list-filters';

interface Props {
  list: UseQueryResult<WeeklyList>;
  /** Those that pass the filter. */
  shown: readonly ListItem[];
  filter: LeadFilter;
  onFilter(filter: LeadFilter): void;
  chosenId: string | null;
  mine: boolean;
  onMine(mine: boolean): void;
  saving: boolean;
  onHelp(): void;
}

export function WeeklyListPane({ list, shown, filter, onFilter, chosenId, mine, onMine, saving, onHelp }: Props): ReactNode {
  const words = useWords();
  const data = list.data;
  const [folded, setFolded] = useState(true);
  return (
    <nav className="pane-list" aria-label={words.t('list.title')} aria-busy={list.isFetching}>
      <div className="list-head">
        <ListFacts list={data} saving={saving} />
        <Group mt={6} justify="space-between">
          <Switch size="xs" label={words.t('list.mine')} checked={mine} onChange={(event) => onMine(event.currentTarget.checked)} />
          <Button className="only-narrow" size="compact-sm" variant="subtle" aria-expanded={!folded} onClick={() => setFolded(!folded)}>{words.t('filter.open')}</Button>
          <ActionIcon className="only-wide" variant="default" size="sm" aria-label={words.t('help.open')} title={words.t('help.open')} onClick={onHelp}>?</ActionIcon>
        </Group>
        {data && data.items.length > 1 && <ListFilters items={data.items} shown={shown.length} filter={filter} folded={folded} onFilter={onFilter} />}
        <Columns />
      </div>
      {list.isPending && <Loading />}
      {list.error && !data && (
        <Alert m="md" color="red" variant="light" title={words.t('list.failed')}>
          {describeProblem(words, asProblem(list.error))} <Button size="compact-sm" variant="default" onClick={() => void list.refetch()}>{words.t('app.retry')}</Button>
        </Alert>
      )}
      {data && data.items.length === 0 && <Empty list={data} mine={mine} />}
      {data && data.items.length > 0 && <Rows items={shown} chosenId={chosenId} />}
      {data && data.items.length > 0 && shown.length === 0 && <p className="note muted">{words.t('filter.none')}</p>}
      {data && data.items.length > 0 && data.items.every((item) => item.status !== 'open') && <p className="note muted">{words.t('list.done')}</p>}
    </nav>
  );
}

export function ListFacts({ list, saving }: { list: ListSummary | undefined; saving: boolean }): ReactNode {
  const words = useWords();
  const run = list?.run;
  const left = list?.items.filter((item) => item.status === 'open').length ?? 0;
  return (
    <>
      <div className="list-facts">
        <h2>{run ? words.t('list.week', { week: Number(run.week.slice(-2)) }) : words.t('list.title')}</h2>
        {run?.publishedAt && <span>{words.t('list.published', { date: words.day(run.publishedAt) })}</span>}
        {run && run.attempt > 1 && <span>{words.t('list.attempt', { attempt: run.attempt })}</span>}
        {run && run.policyVersion !== null && <span>{words.t('list.policy', { version: run.policyVersion })}</span>}
      </div>
      {list && (
        <div className="list-facts">
          <span>{words.t('list.count', { count: list.items.length })}</span>
          {list.items.length > 0 && <strong>{words.t('list.left', { count: left })}</strong>}
          {left > 0 && <span>{words.t('list.minutes', { minutes: Math.ceil(left * list.minutesPerLead) })}</span>}
          {list.expectedAccepted !== null && <span>{words.t('list.expected', { count: words.number(list.expectedAccepted, { maximumFractionDigits: 1 }) })}</span>}
          {saving && <span role="status">{words.t('app.saving')}</span>}
        </div>
      )}
      {list && list.items.length > 0 && <div className="progress" role="progressbar" aria-label={words.t('list.progress')} aria-valuemin={0} aria-valuemax={list.items.length} aria-valuenow={list.items.length - left}><i style={{ width: `${((list.items.length - left) / list.items.length) * 100}%` }} /></div>}
      {run && run.shortfallText !== '' && <p className="list-note muted">{run.shortfallText}</p>}
      {list?.underWay && <p className="list-note muted" role="status">{underWayText(words, list.underWay)}</p>}
    </>
  );
}

type ListSummary = Pick<WeeklyList, 'run' | 'underWay' | 'minutesPerLead' | 'expectedAccepted'> & { items: readonly Pick<ListItem, 'status'>[] };

function underWayText(words: Words, { week, state, progress }: NonNullable<WeeklyList['underWay']>): string {
  const number = Number(week.slice(-2));
  return state === 'failed' ? words.t('list.runFailed', { week: number }) : words.t('list.underWay', { week: number, share: words.share(progress) });
}

export function Columns(): ReactNode {
  const words = useWords();
  return (
    <div className="row-grid list-columns" aria-hidden="true">
      <span />
      <span>{words.t('list.head.lead')}</span>
      <span className="wide">{words.t('list.head.km')}</span>
      <span className="wide">{words.t('list.head.covered')}</span>
      <span>{words.t('list.head.points')}</span>
    </div>
  );
}

function Rows({ items, chosenId }: { items: readonly ListItem[]; chosenId: string | null }): ReactNode {
  const chosen = useRef<HTMLLIElement>(null);
  useEffect(() => void chosen.current?.scrollIntoView({ block: 'nearest' }), [chosenId]);
  return (
    <ol className="rows">
      {items.map((item) => (
        <li key={item.id} ref={item.id === chosenId ? chosen : undefined}><LeadRow item={item} chosen={item.id === chosenId} /></li>
      ))}
    </ol>
  );
}

function Empty({ list, mine }: { list: WeeklyList; mine: boolean }): ReactNode {
  const words = useWords();
  const [title, explain] = !list.run ? ['list.noRun.title', 'list.noRun.explain'] as const : ['list.empty.title', mine ? 'list.empty.mine' : 'list.empty.explain'] as const;
  return <div className="note"><strong>{words.t(title)}</strong><p className="muted" style={{ margin: '4px 0 0' }}>{words.t(explain)}</p></div>;
}

function Loading(): ReactNode {
  const words = useWords();
  return (
    <div className="note" role="status">
      <span className="unseen">{words.t('app.loading')}</span>
      {Array.from({ length: 8 }, (_unused, index) => <Skeleton key={index} height={36} mb={10} radius="sm" />)}
    </div>
  );
}
