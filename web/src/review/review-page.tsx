import { Alert, Anchor, Button, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { ApiProblem, asProblem } from '../api/problem';
import type { ListItem, Reason } from '../api/types';
import { openIntroduction } from '../introductions/queries';
import { LeadView } from '../lead/lead-view';
import { goTo, leadAddress } from '../location';
import { describeProblem } from '../problem-text';
import { useNotices } from '../notices';
import type { PageProps } from '../page-props';
import { useKeys, useKeysOn } from '../use-keys';
import { useWords } from '../words';
import { DecisionBar } from './decision-bar';
import { filterLeads, NO_FILTER } from './filter-leads';
import { HelpDialog } from './help-dialog';
import { leadQuery, useReasons, useWeeklyList } from './queries';
import { type RejectDraft, RejectDialog, WHOLE_OUTPUT_KEY } from './reject-dialog';
import { SNOOZE_DATE_KEY, SnoozeDialog, snoozeDayOf } from './snooze-dialog';
import { type Choice, useDecisions } from './use-decisions';
import { useSecondsOnScreen } from './use-seconds-on-screen';
import { WeeklyListPane } from './weekly-list';

type Dialog = 'reject' | 'snooze' | 'snooze-date' | 'help' | null;
const NO_DRAFT: RejectDraft = { comment: '', reason: null };

/** What people call a lead by: its rank, or a dash where it was made by hand. */
function rankText(rank: number | null): string {
  return rank === null ? '–' : String(rank);
}

/** The next lead that waits for a decision, looking downwards from one and then from the top. */
function nextOpen(items: readonly ListItem[], from: string): ListItem | null {
  const at = items.findIndex((item) => item.id === from);
  return [...items.slice(at + 1), ...items.slice(0, at + 1)].find((item) => item.status === 'open' && item.id !== from) ?? null;
}

/** The weekly list beside the lead that is open. On a phone: one or the other. */
export function ReviewPage({ session, rest }: PageProps): ReactNode {
  const leadId = rest[0] ? decodeURIComponent(rest[0]) : null;
  const words = useWords();
  const queries = useQueryClient();
  const narrow = useMediaQuery('(max-width: 860px)', window.innerWidth <= 860, { getInitialValueInEffect: false });
  const [mine, setMine] = useState(false);
  const [filter, setFilter] = useState(NO_FILTER);
  const [wholeOutput, setWholeOutput] = useState(false);
  const [dialog, setDialog] = useState<Dialog>(null);
  const [drafts, setDrafts] = useState<ReadonlyMap<string, RejectDraft>>(new Map());
  const [keysOn, setKeysOn] = useKeysOn();
  const list = useWeeklyList(mine);
  const reasons = useReasons();
  const notices = useNotices();
  const decisions = useDecisions(session.person, notices);
  const lead = useQuery({ ...leadQuery(leadId ?? ''), enabled: leadId !== null });
  const secondsOnScreen = useSecondsOnScreen(lead.data ? leadId : null);
  const heading = useRef<HTMLHeadingElement>(null);
  const scroll = useRef<HTMLDivElement>(null);

  const all = list.data?.items ?? [];
  const items = filterLeads(all, filter);
  const item = all.find(({ id }) => id === leadId) ?? null;
  const standing = item ?? lead.data ?? null;
  const mayDecide = session.permissions.includes('candidate.decide');
  const open = mayDecide && standing?.status === 'open' && lead.data !== undefined;
  const undoable = mayDecide && standing?.status === 'decided' && standing.decision !== null;
  const mayIntroduce = session.permissions.includes('introduction.edit');
  const introducible = mayIntroduce && standing?.decision?.verdict === 'accept';
  /** The lead that was just accepted; the page has gone on to the next one. */
  const accepted = useRef<string | null>(null);
  const named = standing && leadId ? { id: leadId, rank: rankText(standing.rank) } : null;
  const draft = (leadId && drafts.get(leadId)) || NO_DRAFT;
  const setDraft = (next: RejectDraft | null): void => {
    if (leadId) setDrafts((all) => new Map([...all].filter(([id]) => id !== leadId)).set(leadId, next ?? NO_DRAFT));
  };

  // On a wide screen something is always open: the first lead that waits, else the first.
  const first = (items.find(({ status }) => status === 'open') ?? items[0])?.id;
  useEffect(() => {
    if (!narrow && leadId === null && first) goTo(leadAddress(first), { replace: true });
  }, [narrow, leadId, first]);

  /** Others of the same output that wait for a decision, on screen or not. */
  const siblings = all.filter((one) => one.id !== leadId && one.status === 'open' && one.output.flowId === lead.data?.output.flowId);
  const following = leadId === null ? null : nextOpen(items, leadId);
  useEffect(() => {
    if (following) void queries.prefetchQuery(leadQuery(following.id));
  }, [queries, following?.id]);

  const shownId = lead.data?.id;
  useEffect(() => {
    scroll.current?.scrollTo({ top: 0 });
    if (narrow && shownId) heading.current?.focus({ preventScroll: true });
  }, [narrow, shownId]);

  // Leaving in the middle of a save would lose it unseen.
  useEffect(() => {
    if (!decisions.saving) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [decisions.saving]);

  const move = (step: 1 | -1): void => {
    const at = items.findIndex(({ id }) => id === leadId);
    const to = items[at === -1 ? 0 : at + step];
    if (to) goTo(leadAddress(to.id), { replace: leadId !== null });
  };

  const decide = (choice: Choice): void => {
    setDialog(null);
    if (!open || !named || !lead.data) return;
    const { rank, points, probability, sentence, parts, questions } = lead.data;
    decisions.decide(named, choice, { secondsOnScreen: secondsOnScreen(named.id), shown: { language: words.language, rank, points, probability, sentence, parts: parts.map(({ term, points: each }) => ({ term, points: each })), questions: questions.length, narrow } });
    const values = { rank: named.rank, reason: choice.reason?.label ?? '', afterwards: choice.reason?.afterwards ?? '', date: choice.snoozeUntil ? words.day(choice.snoozeUntil) : '' };
    const others = choice.verdict === 'reject' && wholeOutput ? siblings : [];
    for (const { id, rank: otherRank, points: otherPoints, probability: otherProbability, sentence: otherSentence } of others) {
      decisions.decide({ id, rank: rankText(otherRank) }, choice, { secondsOnScreen: null, shown: { language: words.language, rank: otherRank, points: otherPoints, probability: otherProbability, sentence: otherSentence, togetherWith: named.id, narrow } });
    }
    setWholeOutput(false);
    const introduce = choice.verdict === 'accept' && mayIntroduce ? [{ label: words.t('decide.introduce'), run: () => void introduceLead(named.id) }] : [];
    const undoAll = (): void => {
      for (const { id, rank: otherRank } of others) decisions.undo({ id, rank: rankText(otherRank) });
      undo(named);
    };
    notices.well([words.t(`decide.done.${choice.verdict}`, values), others.length > 0 && words.t('reject.others.done', { count: others.length })].filter(Boolean).join(' '), ...introduce, { label: words.t('decide.undo'), run: undoAll });
    accepted.current = choice.verdict === 'accept' ? named.id : null;
    const next = others.length > 0 ? nextOpen(items.filter((one) => !others.includes(one)), named.id) : following;
    if (next) goTo(leadAddress(next.id), { replace: true });
    else if (narrow) goTo('#/');
  };

  const undo = (which: { id: string; rank: string } | null): void => {
    accepted.current = null;
    if (!which) return notices.well(words.t('decide.nothingToUndo'));
    decisions.undo(which);
    goTo(leadAddress(which.id), { replace: leadId !== null });
  };

  /** The decision may still be on its way: the introduction of it waits. */
  const introduceLead = async (id: string): Promise<void> => {
    await decisions.settled(id);
    try {
      const address = await openIntroduction(id);
      notices.clear();
      goTo(address);
    } catch (error) {
      const problem = asProblem(error);
      notices.bad(words.of('introductions.refused', problem.code, describeProblem(words, problem)), { leadId: id });
    }
  };
  const introduce = (): void => {
    const id = introducible ? leadId : accepted.current;
    if (id && mayIntroduce) void introduceLead(id);
    else notices.well(words.t('decide.nothingToIntroduce'));
  };

  const chooseReason = (reason: Reason): void => {
    if (reason.commentRequired && draft.comment.trim() === '') return setDraft({ ...draft, reason });
    decide({ verdict: 'reject', reason, comment: draft.comment });
  };

  const pageKey = (key: string): boolean => {
    switch (key) {
      case 'j': move(1); return true;
      case 'k': move(-1); return true;
      case 'a': decide({ verdict: 'accept' }); return true;
      case 'c': decide({ verdict: 'cannot-say' }); return true;
      case 'r': if (open) setDialog('reject'); return true;
      case 's': if (open) setDialog('snooze'); return true;
      case 'i': introduce(); return true;
      case 'u': undo(undoable ? named : decisions.last()); return true;
      case '?': setDialog('help'); return true;
      default: return false;
    }
  };
  const dialogKey = (key: string): boolean => {
    if (dialog === 'reject') {
      if (key === WHOLE_OUTPUT_KEY && !draft.reason && siblings.length > 0) {
        setWholeOutput(!wholeOutput);
        return true;
      }
      const reason = draft.reason ? undefined : reasons.data?.find((one) => one.key === key);
      if (reason) chooseReason(reason);
      return reason !== undefined;
    }
    if (dialog === 'help' && key === '?') {
      setDialog(null);
      return true;
    }
    if (dialog === 'snooze') {
      const day = snoozeDayOf(key);
      if (day) decide({ verdict: 'snooze', snoozeUntil: day });
      else if (key === SNOOZE_DATE_KEY) setDialog('snooze-date');
      return day !== null || key === SNOOZE_DATE_KEY;
    }
    return false;
  };
  useKeys((key) => (dialog ? dialogKey(key) : pageKey(key)));

  return (
    <>
      <main className="panes" data-view={leadId ? 'lead' : 'list'} inert={dialog !== null}>
        <h1 className="unseen">{words.t('nav.week')}</h1>
          <WeeklyListPane list={list} shown={items} filter={filter} onFilter={setFilter} chosenId={leadId} mine={mine} onMine={setMine} saving={decisions.saving} onHelp={() => setDialog('help')} />
          <div className="pane-lead">
            <div className="lead-scroll" ref={scroll} tabIndex={0} role="region" aria-label={words.t('lead.title')}>
              <Anchor href="#/" fz="sm" className="only-narrow" mb={6} display="inline-block">← {words.t('app.back')}</Anchor>
              {lead.data && standing ? <LeadView lead={{ ...lead.data, status: standing.status, version: standing.version, decision: standing.decision }} heading={heading} /> : <Instead />}
            </div>
            {lead.data && <DecisionBar decision={standing?.decision ?? null} open={open} undoable={undoable} keysOn={keysOn} introducible={introducible} onIntroduce={introduce} onAccept={() => decide({ verdict: 'accept' })} onReject={() => setDialog('reject')}
              onSnooze={() => setDialog('snooze')} onCannotSay={() => decide({ verdict: 'cannot-say' })} onUndo={() => undo(named)} />}
          </div>
        <div className="unseen" role="status">{lead.data && words.t('lead.announce', { rank: lead.data.rank ?? '–', title: `${lead.data.output.label}, ${lead.data.input.label}` })}</div>
      </main>
      <RejectDialog opened={dialog === 'reject'} reasons={reasons} draft={draft} siblings={siblings.length} wholeOutput={wholeOutput} onWholeOutput={setWholeOutput} onDraft={setDraft} onReason={chooseReason} onClose={() => { setDialog(null); setWholeOutput(false); }} />
      <SnoozeDialog opened={dialog === 'snooze' || dialog === 'snooze-date'} picking={dialog === 'snooze-date'} onPick={() => setDialog('snooze-date')} onDay={(day) => decide({ verdict: 'snooze', snoozeUntil: day })} onClose={() => setDialog(null)} />
      <HelpDialog opened={dialog === 'help'} keysOn={keysOn} onKeysOn={setKeysOn} onClose={() => setDialog(null)} />
    </>
  );

  function Instead(): ReactNode {
    if (leadId === null) return items.length > 0 ? <p className="muted">{words.t('lead.pick')}</p> : null;
    if (lead.error instanceof ApiProblem && lead.error.status === 404) return <p>{words.t('lead.gone')}</p>;
    if (lead.error) {
      return (
        <Alert color="red" variant="light" title={words.t('lead.failed')}>
          {describeProblem(words, asProblem(lead.error))} <Button size="compact-sm" variant="default" onClick={() => void lead.refetch()}>{words.t('app.retry')}</Button>
        </Alert>
      );
    }
    return <div role="status"><span className="unseen">{words.t('app.loading')}</span><Skeleton height={24} width="60%" mb={12} /><Skeleton height={90} mb={12} /><Skeleton height={180} mb={12} /><Skeleton height={240} /></div>;
  }
}
