import type { ReactNode } from 'react';

/** A key of the keyboard, as drawn on it. */
export function Key({ children }: { children: ReactNode }): ReactNode {
  return <kbd className="key">{children}</kbd>;
}
