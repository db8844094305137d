import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ListItem } from '../api/types';
import { useWords } from '../words';

/** What sets a lead apart: its kind, its age, its return, its verdict. */
export function Marks({ item }: { item: Pick<ListItem, 'kind' | 'week' | 'fromEarlierWeek' | 'returnedBecause' | 'status' | 'decision'> }): ReactNode {
  const words = useWords();
  const marks: { kind: string; text: string; explain?: string }[] = [];
  if (item.decision) marks.push({ kind: item.decision.verdict, text: words.of('verdict', item.decision.verdict) });
  else if (item.status !== 'open') marks.push({ kind: item.status, text: words.of('status', item.status) });
  if (item.kind === 'audit') marks.push({ kind: 'audit', text: words.t('badge.audit'), explain: words.t('badge.audit.explain') });
  if (item.kind === 'by-hand') marks.push({ kind: 'by-hand', text: words.t('badge.byHand'), explain: words.t('badge.byHand.explain') });
  if (item.fromEarlierWeek) marks.push({ kind: 'earlier', text: words.t('badge.earlier', { week: Number(item.week.slice(-2)) }), explain: words.t('badge.earlier.explain') });
  if (item.returnedBecause) marks.push({ kind: 'returned', text: words.t('badge.returned'), explain: words.t('badge.returned.explain', { why: item.returnedBecause }) });
  if (marks.length === 0) return null;
  return (
    <span className="marks">
      {marks.map(({ kind, text, explain }) => (explain
        ? <Tooltip key={kind} label={explain} multiline maw={280} withArrow openDelay={300}><span className={`mark ${kind}`}>{text}<span className="unseen"> ({explain})</span></span></Tooltip>
        : <span key={kind} className={`mark ${kind}`}>{text}</span>))}
    </span>
  );
}
