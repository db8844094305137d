import { Alert, Button, SegmentedControl, Skeleton, Switch } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import type { Session } from '../api/client';
import { asProblem } from '../api/problem';
import { Exchange } from '../lead/exchange';
import { goTo, leadAddress } from '../location';
import { useNotices } from '../notices';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import { introductionAddress, openIntroduction, useBoard } from './queries';
import type { BoardItem } from './types';

/** Columns of the board, each with the steps it shows. */
const COLUMNS = [
  { name: 'accepted', steps: ['accepted'] },
  { name: 'prepared', steps: ['prepared'] },
  { name: 'asked', steps: ['asked'] },
  { name: 'interested', steps: ['interested'] },
  { name: 'both', steps: ['both'] },
  { name: 'tried', steps: ['met', 'trial'] },
  { name: 'realised', steps: ['realised'] },
  { name: 'closed', steps: ['dropped', 'ended'] },
] as const satisfies readonly { name: string; steps: readonly BoardItem['step'][] }[];

/** Mediations by how far they have come; what needs somebody is on top. */
export function BoardView({ session }: { session: Session }): ReactNode {
  const words = useWords();
  const [mine, setMine] = useLocalStorage({ key: 'maillon.board.mine', defaultValue: true, getInitialValueInEffect: false });
  const [closed, setClosed] = useState(false);
  const board = useBoard(mine, closed);
  const items = board.data?.items ?? [];
  const urgent = items.filter(({ attention }) => attention !== null);
  return (
    <main className="sheet" aria-busy={board.isFetching}>
      <div className="board-head">
        <h1>{words.t('introductions.title')}</h1>
        <SegmentedControl size="xs" transitionDuration={0} aria-label={words.t('introductions.whose')} value={mine ? 'mine' : 'all'} data={[{ value: 'mine', label: words.t('introductions.mine') }, { value: 'all', label: words.t('introductions.all') }]} onChange={(value) => setMine(value === 'mine')} />
        <Switch size="xs" label={words.t('introductions.withClosed')} checked={closed} onChange={(event) => setClosed(event.currentTarget.checked)} />
      </div>
      {board.isPending && <div role="status"><span className="unseen">{words.t('app.loading')}</span><Skeleton height={240} /></div>}
      {board.error && !board.data && (
        <Alert color="red" variant="light" title={words.t('introductions.board.failed')}>{describeProblem(words, asProblem(board.error))} <Button size="compact-sm" variant="default" onClick={() => void board.refetch()}>{words.t('app.retry')}</Button></Alert>
      )}
      {board.data && items.length === 0 && <div className="block"><strong>{words.t('introductions.empty')}</strong><p className="muted plain-text">{words.t(mine ? 'introductions.empty.mine' : 'introductions.empty.explain')}</p></div>}
      {urgent.length > 0 && (
        <section className="block question" aria-labelledby="urgent">
          <h2 id="urgent">{words.t('introductions.urgent', { count: urgent.length })}</h2>
          <ul className="urgent">
            {urgent.map((item) => (
              <li key={item.id}>
                <a href={introductionAddress(item.id ?? '')}><span className={`mark attention-${item.attention}`}>{words.of('introductions.attention', item.attention ?? '')}</span> <Exchange output={item.output.label} input={item.input.label} /></a>
                <span className="muted"> {item.output.company} → {item.input.company}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {items.length > 0 && (
        <div className="board" tabIndex={0} role="group" aria-label={words.t('introductions.title')}>
          {COLUMNS.filter(({ name }) => name !== 'closed' || closed).map(({ name, steps }) => {
            const here = items.filter(({ step }) => (steps as readonly string[]).includes(step));
            return (
              <section key={name} className={here.length === 0 ? 'is-empty' : undefined} aria-labelledby={`column-${name}`}>
                <h2 id={`column-${name}`}>{words.t(`introductions.column.${name}`)} <span className="muted number">{here.length}</span></h2>
                <ul>{here.map((item) => <li key={item.id ?? item.candidateId}><Card item={item} mayOpen={session.permissions.includes('introduction.edit')} /></li>)}</ul>
              </section>
            );
          })}
        </div>
      )}
    </main>
  );
}

function Card({ item, mayOpen }: { item: BoardItem; mayOpen: boolean }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const [busy, setBusy] = useState(false);
  const title = <Exchange output={item.output.label} input={item.input.label} />;
  const open = async (candidateId: string): Promise<void> => {
    setBusy(true);
    try {
      goTo(await openIntroduction(candidateId));
    } catch (error) {
      const problem = asProblem(error);
      notices.bad(words.of('introductions.refused', problem.code, describeProblem(words, problem)));
      setBusy(false);
    }
  };
  return (
    <article className={`card${item.attention ? ' needs' : ''}`}>
      <a className="card-title" href={item.id ? introductionAddress(item.id) : leadAddress(item.candidateId ?? '')}>{title}</a>
      <p className="muted">{item.output.company} → {item.input.company}</p>
      <p className="muted card-foot">
        {item.attention && <span className={`mark attention-${item.attention}`}>{words.of('introductions.attention', item.attention)}</span>}
        {item.mediator && <span>{item.mediator.name}</span>}
        <span>{item.remindOn ? words.t('introductions.reminder', { date: words.day(item.remindOn) }) : words.t('introductions.since', { date: words.day(item.since) })}</span>
      </p>
      {item.id === null && item.candidateId && mayOpen && <Button size="compact-xs" variant="light" loading={busy} onClick={() => void open(item.candidateId ?? '')}>{words.t('introductions.open')}</Button>}
    </article>
  );
}
