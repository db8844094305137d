import { Button, Group, SegmentedControl } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { api, sendSignedIn, type Session } from '../api/client';
import { asProblem } from '../api/problem';
import { useNotices } from '../notices';
import { describeProblem } from '../problem-text';
import { Icon } from '../shell/icon';
import { useWords, type Words } from '../words';
import { AnswerForm } from './answer-form';
import { MessageEditor } from './message-editor';
import { MessageFate } from './message-fate';
import type { AnswerView, Introduction, MessageView, SideView } from './types';
import type { Acts } from './use-acts';

interface Props {
  acts: Acts;
  introduction: Introduction;
  side: SideView;
  session: Session;
}

const WAYS = ['phone', 'visit', 'message'] as const;
const WAY_ICONS = { phone: 'phone', visit: 'visit', message: 'mail' } as const;
const FIRST_STATES = new Set<MessageView['state']>(['draft', 'approved', 'replaced']);

/** One company of an introduction: whom one speaks of, how it is asked, what it said. */
export function SideCard({ acts, introduction, side, session }: Props): ReactNode {
  const words = useWords();
  const [again, setAgain] = useState(false);
  const at = introduction.sides.indexOf(side);
  const other = introduction.sides[1 - at];
  const mayEdit = session.permissions.includes('introduction.edit') && introduction.closedAt === null;
  const proposal = side.messages.find((message) => message.kind === 'proposal' && message.state !== 'replaced');
  const names = side.messages.find((message) => message.kind === 'names' && message.state !== 'replaced');
  const underWay = proposal !== undefined && !FIRST_STATES.has(proposal.state);
  const from = session.person.name;
  return (
    <section className={`block side ${side.side}`} aria-labelledby={`side-${side.side}`}>
      <header className="side-head">
        <span className="side-order" aria-hidden="true">{at + 1}</span>
        <div>
          <h2 id={`side-${side.side}`}><span className="unseen">{words.t(at === 0 ? 'introductions.first' : 'introductions.second')} </span><a href={`#/companies/${encodeURIComponent(side.companyId)}`}>{side.company}</a></h2>
          <p className="muted side-facts">{[words.t(`lead.${side.side}`), side.label, side.quantity && words.t('lead.aYear', { quantity: quantityText(words, side.quantity) }), side.ours ? (side.referent ? words.t('lead.referent', { name: side.referent.name }) : words.t('lead.noReferent')) : words.t('lead.territory', { name: side.territory })].filter(Boolean).join(' · ')}</p>
        </div>
        {side.answer && <span className={`mark answer-${side.answer}`}>{words.of('introductions.answer', side.answer)}</span>}
      </header>
      {side.description && <p className="side-description">{side.description}</p>}
      {body()}
      {side.answers.length > 0 && <ul className="plain side-answers">{side.answers.map((answer) => <li key={answer.id}>{answerText(words, answer, side.company)}</li>)}</ul>}
    </section>
  );

  function body(): ReactNode {
    if (!side.ours) return <p className="muted">{words.t('introductions.neighbour', { territory: side.territory })}</p>;
    // What runs is asked nothing any more; what went out stays to be seen.
    const over = introduction.closedAt !== null || introduction.step === 'realised';
    if (over && (names === undefined || FIRST_STATES.has(names.state))) return null;
    if (names) {
      return (
        <>
          <p>{words.t(names.state === 'draft' || names.state === 'approved' ? 'introductions.names.ready' : 'introductions.names.gone')}</p>
          {letter(names)}
        </>
      );
    }
    if (!side.mayBeAsked) return <p className="muted">{words.t('introductions.later', { company: other?.company ?? '' })}</p>;
    return (
      <>
        {mayEdit && side.referent === null && <TakeOver acts={acts} side={side} session={session} />}
        {side.wish === 'no' && <p className="warning">{words.t('introductions.wish.no')}</p>}
        {side.wish === 'not-asked' ? <AskWish acts={acts} side={side} /> : side.answer !== null && side.answer !== 'not-now' && !again ? correct() : asking()}
      </>
    );
  }

  function correct(): ReactNode {
    return mayEdit && <Button size="compact-sm" variant="subtle" onClick={() => setAgain(true)}>{words.t('introductions.answer.correct')}</Button>;
  }

  function asking(): ReactNode {
    if (!mayEdit) return <Points side={side} />;
    return (
      <>
        <SegmentedControl className="ways" fullWidth aria-label={words.t('introductions.ways', { company: side.company })} value={side.way} disabled={acts.busy} transitionDuration={0}
          data={WAYS.map((way) => ({ value: way, label: <span className="way"><Icon name={WAY_ICONS[way]} size={16} />{words.t(`introductions.way.${way}`)}</span> }))}
          onChange={(way) => void acts.run((request) => api.PUT('/api/introductions/{id}/way', { ...request, body: { side: side.side, way: way as SideView['way'] } }))} />
        {side.way === 'message' && proposal ? (
          <>
            {!side.agreementValid && <p className="warning">{words.t('introductions.agreement.missing')}</p>}
            {letter(proposal)}
            {underWay && <AnswerForm acts={acts} side={side} way="mail" />}
          </>
        ) : (
          <>
            {underWay && proposal && <p className="hint">{words.t('introductions.messageToo', { state: words.of('introductions.state', proposal.state) })}</p>}
            <Points side={side} />
            <AnswerForm acts={acts} side={side} way={side.way === 'visit' ? 'visit' : 'phone'} />
          </>
        )}
      </>
    );
  }

  function letter(message: MessageView): ReactNode {
    const Letter = message.state === 'draft' ? MessageEditor : MessageFate;
    return <Letter key={message.id} acts={acts} side={side} message={message} from={from} />;
  }
}

/** What to say, and whom to call. */
function Points({ side }: { side: SideView }): ReactNode {
  const words = useWords();
  return (
    <div className="speak">
      <div>
        <h3>{words.t('introductions.say')}</h3>
        <ul className="plain">{side.points.map((point) => <li key={point}>{point}</li>)}</ul>
      </div>
      <div>
        <h3>{words.t('introductions.contacts')}</h3>
        {side.contacts.length === 0 ? <span className="muted">{words.t('introductions.contact.add')}</span> : (
          <ul className="contacts">
            {side.contacts.map(({ id, name, position, phone }) => (
              <li key={id}><strong>{name}</strong>{position && <span className="muted"> · {position}</span>}<br />{phone ? <a href={`tel:${phone.replace(/\s/g, '')}`}>{phone}</a> : <span className="muted">{words.t('introductions.contact.noPhone')}</span>}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function AskWish({ acts, side }: { acts: Acts; side: SideView }): ReactNode {
  const words = useWords();
  const say = (wish: 'yes' | 'no'): void => void acts.run((at) => api.PUT('/api/introductions/{id}/wish', { ...at, body: { side: side.side, wish } }));
  return (
    <div className="answer-form">
      <h3>{words.t('introductions.wish.title')}</h3>
      <p>{words.t('introductions.wish.explain', { company: side.company, flow: side.label })}</p>
      <Points side={{ ...side, points: [words.t('introductions.wish.say', { flow: side.label })] }} />
      <Group gap="xs" mt="xs">
        <Button disabled={acts.busy} onClick={() => say('yes')}>{words.t('introductions.wish.yes')}</Button>
        <Button variant="default" disabled={acts.busy} onClick={() => say('no')}>{words.t('introductions.wish.refused')}</Button>
      </Group>
    </div>
  );
}

/** Nobody follows the company: nobody could approve what is written to it. */
function TakeOver({ acts, side, session }: { acts: Acts; side: SideView; session: Session }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const [busy, setBusy] = useState(false);
  const follow = async (): Promise<void> => {
    setBusy(true);
    try {
      await sendSignedIn(() => api.PATCH('/api/companies/{id}', { params: { path: { id: side.companyId } }, body: { referentId: session.person.id } }));
      await acts.refresh();
    } catch (error) {
      notices.bad(describeProblem(words, asProblem(error)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <p className="warning take-over">
      {words.t('introductions.referent.none')} <Button size="compact-sm" variant="default" loading={busy} onClick={() => void follow()}>{words.t('introductions.referent.take')}</Button>
    </p>
  );
}

/** `200 piece` → `200 pièces`: the last word is the unit's name. */
function quantityText(words: Words, quantity: string): string {
  return quantity.replace(/(\S+)$/, (unit) => words.of('unit', unit));
}

function answerText(words: Words, { answer, way, until, comment, givenOn, notedBy }: AnswerView, company: string): string {
  const said = words.t('introductions.answer.said', { answer: words.of('introductions.answer', answer), date: words.day(givenOn), way: words.of('introductions.answer.way', way), who: notedBy?.name ?? company });
  return [said + (until ? ` ${words.t('verdict.until', { date: words.day(until) })}` : ''), comment && `« ${comment} »`].filter(Boolean).join(' — ');
}
