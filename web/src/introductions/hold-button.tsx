import { Button } from '@mantine/core';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useWords } from '../words';

/** How long the button is held, in ms; the stylesheet's filling takes as long. */
const HOLD_MS = 900;

interface Props {
  label: string;
  /** Asked where it was only pressed, as by a screen reader, which cannot hold. */
  confirm: string;
  disabled?: boolean;
  onHeld(): void;
}

/**
 * A button for what cannot be taken back: held with the finger, the mouse, Enter or the space bar until it has filled.
 * A short press only asks, and repeats what is about to happen.
 */
export function HoldButton({ label, confirm, disabled = false, onHeld }: Props): ReactNode {
  const words = useWords();
  const [holding, setHolding] = useState(false);
  const [asking, setAsking] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // The click that ends a hold is no short press.
  const done = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  const start = (): void => {
    clearTimeout(timer.current);
    done.current = false;
    setHolding(true);
    timer.current = setTimeout(() => {
      setHolding(false);
      timer.current = undefined;
      done.current = true;
      onHeld();
    }, HOLD_MS);
  };
  const stop = (): void => {
    clearTimeout(timer.current);
    timer.current = undefined;
    setHolding(false);
  };
  const isPress = ({ key }: KeyboardEvent): boolean => key === 'Enter' || key === ' ';
  return (
    <div className="hold-place">
      <button type="button" className="hold" data-holding={holding || undefined} disabled={disabled} aria-describedby="hold-how"
        onPointerDown={(event) => event.button === 0 && start()} onPointerUp={stop} onPointerLeave={stop} onPointerCancel={stop} onBlur={stop} onContextMenu={(event: MouseEvent) => event.preventDefault()}
        onClick={() => setAsking(!done.current)}
        onKeyDown={(event) => {
          if (!isPress(event)) return;
          event.preventDefault();
          if (!event.repeat) start();
        }}
        onKeyUp={(event) => {
          if (!isPress(event)) return;
          event.preventDefault();
          if (timer.current !== undefined) setAsking(true);
          stop();
        }}>
        <span className="hold-fill" aria-hidden="true" />
        <span className="hold-label">{label}</span>
      </button>
      <span id="hold-how" className="muted hold-how">{words.t('introductions.hold.how')}</span>
      {asking && (
        <div className="hold-ask" role="group" aria-label={confirm}>
          <span>{confirm}</span>
          <Button size="compact-sm" color="orange" disabled={disabled} onClick={() => { setAsking(false); onHeld(); }}>{words.t('introductions.hold.yes')}</Button>
          <Button size="compact-sm" variant="default" onClick={() => setAsking(false)}>{words.t('introductions.hold.no')}</Button>
        </div>
      )}
    </div>
  );
}
