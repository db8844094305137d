import type { Budget } from '../matching/kernel/budget.js';
import type { ListDocument, ListLine } from '../matching/list-document.js';

/** What keeps a list from being longer; moving anything else does nothing. */
export type Binding = 'budget' | 'threshold' | 'caps';

/** A list in figures. */
export interface ListFigures {
  /** Leads listed by rank, and drawn for the audit slice. */
  listed: number;
  audit: number;
  minutes: number;
  aboveThreshold: ListDocument['aboveThreshold'];
  passed: ListDocument['passed'];
  bestBelowPoints: number | null;
  binds: Binding;
}

/** @param reviewMinutes that one lead takes */
export function figuresOf(document: ListDocument, budget: Budget, open: number, reviewMinutes: number): ListFigures {
  const listed = listedOf(document).length;
  const { shortfall } = document;
  const room = Math.max(0, budget.listSize - open - budget.auditSize);
  const capped = Object.values(shortfall?.cappedOff ?? {}).some((count) => count > 0);
  return {
    listed, audit: document.list.length - listed, minutes: (document.list.length + open) * reviewMinutes, aboveThreshold: document.aboveThreshold, passed: document.passed,
    bestBelowPoints: shortfall?.bestBelowPoints ?? null,
    binds: listed >= room && document.aboveThreshold.count > listed ? 'budget' : capped ? 'caps' : 'threshold',
  };
}

/** A pair by natural keys, under both policies; null: not in that list. */
export interface ComparedPair {
  before: ListLine | null;
  after: ListLine | null;
}

export interface ListComparison {
  same: ComparedPair[];
  entered: ComparedPair[];
  left: ComparedPair[];
  /** In both, at another rank. */
  moved: ComparedPair[];
}

/** Which leads entered, left or moved. The audit slice is a draw and is not compared. */
export function compareLists(before: ListDocument, after: ListDocument): ListComparison {
  const keyOf = ({ output, input }: ListLine): string => `${output} ${input}`;
  const [earlier, later] = [before, after].map((document) => new Map(listedOf(document).map((line) => [keyOf(line), line])));
  const compared = [...later].map(([key, line]): ComparedPair => ({ before: earlier.get(key) ?? null, after: line }));
  return {
    same: compared.filter((pair) => pair.before !== null && pair.before.rank === pair.after?.rank),
    entered: compared.filter((pair) => pair.before === null),
    left: [...earlier].filter(([key]) => !later.has(key)).map(([, line]) => ({ before: line, after: null })),
    moved: compared.filter((pair) => pair.before !== null && pair.before.rank !== pair.after?.rank),
  };
}

function listedOf({ list }: ListDocument): ListLine[] {
  return list.filter(({ kind }) => kind === 'listed');
}
