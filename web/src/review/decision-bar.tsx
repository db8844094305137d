import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { DecisionView } from '../api/types';
import { Key } from '../key';
import { useWords } from '../words';
import { describeDecision } from './describe-decision';

interface Props {
  decision: DecisionView | null;
  /** May be decided: open, and the person may decide. */
  open: boolean;
  /** Decided, and the decision may be taken back. */
  undoable: boolean;
  keysOn: boolean;
  /** Accepted, and the person may introduce the two. */
  introducible: boolean;
  onIntroduce(): void;
  onAccept(): void;
  onReject(): void;
  onSnooze(): void;
  onCannotSay(): void;
  onUndo(): void;
}

/** The four answers and undo; sticks to the foot of the lead. */
export function DecisionBar({ decision, open, undoable, keysOn, introducible, onIntroduce, onAccept, onReject, onSnooze, onCannotSay, onUndo }: Props): ReactNode {
  const words = useWords();
  const hint = (key: string): ReactNode => (keysOn ? <span className="only-wide"><Key>{key}</Key></span> : undefined);
  return (
    <div className="decide" role="group" aria-label={words.t('decide.bar')}>
      {decision && <span className="kept">{describeDecision(words, decision)}</span>}
      {open && (
        <>
          <Button size="sm" rightSection={hint('A')} onClick={onAccept}>{words.t('decide.accept')}</Button>
          <Button size="sm" variant="default" rightSection={hint('R')} onClick={onReject}>{words.t('decide.reject')}</Button>
          <Button size="sm" variant="default" rightSection={hint('S')} onClick={onSnooze}>{words.t('decide.snooze')}</Button>
          <Button size="sm" variant="default" rightSection={hint('C')} onClick={onCannotSay}>{words.t('decide.cannot-say')}</Button>
        </>
      )}
      {introducible && <Button size="sm" rightSection={hint('I')} onClick={onIntroduce}>{words.t('decide.introduce')}</Button>}
      {undoable && <Button className="undo" size="sm" variant="default" rightSection={hint('U')} onClick={onUndo}>{words.t('decide.undo')}</Button>}
    </div>
  );
}
