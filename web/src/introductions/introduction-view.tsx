import { Alert, Anchor, Button, Group, Modal, Skeleton, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, type Session } from '../api/client';
import { asProblem } from '../api/problem';
import { Exchange } from '../lead/exchange';
import { leadAddress } from '../location';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import { Outcomes } from './outcomes';
import { introductionQuery } from './queries';
import { SideCard } from './side-card';
import { Steps } from './steps';
import { Timeline } from './timeline';
import type { Introduction } from './types';
import { type Acts, fieldText, useActs } from './use-acts';

const STAGES = ['prepared', 'asked', 'interested', 'both', 'met', 'trial', 'realised'] as const;

/** One introduction: the two companies in the order in which they are asked, what comes next, and what has been. */
export function IntroductionView({ id, session }: { id: string; session: Session }): ReactNode {
  const words = useWords();
  const found = useQuery(introductionQuery(id));
  const acts = useActs(id);
  const back = <Anchor href="#/introductions" fz="sm" className="no-print">← {words.t('introductions.back')}</Anchor>;
  if (found.data) return <Found back={back} introduction={found.data} acts={acts} session={session} />;
  return (
    <main className="sheet">
      {back}
      {found.error ? (
        asProblem(found.error).status === 404 ? <p>{words.t('introductions.gone')}</p> : (
          <Alert mt="sm" color="red" variant="light" title={words.t('introductions.failed')}>{describeProblem(words, asProblem(found.error))} <Button size="compact-sm" variant="default" onClick={() => void found.refetch()}>{words.t('app.retry')}</Button></Alert>
        )
      ) : <div role="status"><span className="unseen">{words.t('app.loading')}</span><Skeleton mt="sm" height={28} width="50%" /><Skeleton mt="md" height={320} /></div>}
    </main>
  );
}

function Found({ back, introduction, acts, session }: { back: ReactNode; introduction: Introduction; acts: Acts; session: Session }): ReactNode {
  const words = useWords();
  const mayEdit = session.permissions.includes('introduction.edit');
  const [output, input] = ['output', 'input'].map((side) => introduction.sides.find((one) => one.side === side)?.label ?? '');
  const reached = STAGES.findIndex((stage) => stage === introduction.step);
  return (
    <main className="sheet introduction">
      {back}
      <header className="introduction-head">
        <h1><Exchange output={output ?? ''} input={input ?? ''} /></h1>
        <p className="muted side-facts">
          {[words.t('introductions.mediator', { name: introduction.mediator.name }), words.t('introductions.openedOn', { date: words.day(introduction.openedAt) })].join(' · ')}
          {introduction.candidateId && <> · <a href={leadAddress(introduction.candidateId)}>{words.t('introductions.lead')}</a></>}
        </p>
        <ol className="stages" aria-label={words.t('introductions.stages')}>
          {STAGES.map((stage, at) => <li key={stage} className={at < reached && (stage === 'prepared' || introduction.steps.some(({ step }) => step === stage)) ? 'past' : undefined} aria-current={stage === introduction.step ? 'step' : undefined}>{words.t(`introductions.step.${stage}`)}</li>)}
          {reached === -1 && <li aria-current="step">{words.of('introductions.step', introduction.step)}</li>}
        </ol>
      </header>
      {introduction.closedAt && <Alert mb="sm" color="gray" variant="light">{words.t('introductions.closed', { date: words.day(introduction.closedAt) })}</Alert>}
      <div className="introduction-columns" data-realised={introduction.step === 'realised' || undefined}>
        <div>
          {introduction.sides.map((side) => <SideCard key={side.side} acts={acts} introduction={introduction} side={side} session={session} />)}
          {mayEdit && introduction.step === 'prepared' && <FirstSide acts={acts} introduction={introduction} />}
        </div>
        <aside>
          <Outcomes acts={acts} introduction={introduction} mayEdit={mayEdit} />
          {mayEdit && (
            <section className="block no-print" aria-labelledby="next">
              <h2 id="next">{words.t('introductions.next')}</h2>
              <Steps acts={acts} introduction={introduction} />
            </section>
          )}
          <Timeline introduction={introduction} />
        </aside>
      </div>
    </main>
  );
}

/** The holder of the output hears first; the other way round needs a reason, which stays on record. */
function FirstSide({ acts, introduction }: { acts: Acts; introduction: Introduction }): ReactNode {
  const words = useWords();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<string | null>(null);
  const turned = introduction.firstSide === 'input';
  const turn = async (): Promise<void> => {
    setError(null);
    const done = await acts.run((at) => api.PUT('/api/introductions/{id}/first-side', { ...at, body: turned ? { firstSide: 'output' } : { firstSide: 'input', reason } }), { onFields: (refused) => setError(refused[0] ? fieldText(words, refused[0]) : null) });
    if (done !== null) setOpen(false);
  };
  return (
    <p className="muted first-side no-print">
      {turned ? words.t('introductions.turned', { reason: introduction.firstSideReason ?? '' }) : words.t('introductions.order')}{' '}
      <button type="button" className="link-button" disabled={acts.busy} onClick={() => (turned ? void turn() : setOpen(true))}>{words.t(turned ? 'introductions.turnBack' : 'introductions.turn')}</button>
      <Modal opened={open} onClose={() => setOpen(false)} title={words.t('introductions.turn')} closeButtonProps={{ 'aria-label': words.t('app.close') }}>
        <form onSubmit={(event) => { event.preventDefault(); void turn(); }}>
          <Textarea data-autofocus label={words.t('introductions.turn.reason')} description={words.t('introductions.turn.explain')} autosize minRows={2} maxLength={500} value={reason} error={error} onChange={(event) => setReason(event.currentTarget.value)} />
          <Group justify="flex-end" mt="sm"><Button type="submit" loading={acts.busy}>{words.t('introductions.turn.submit')}</Button></Group>
        </form>
      </Modal>
    </p>
  );
}
