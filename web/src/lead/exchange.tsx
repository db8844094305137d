import type { ReactNode } from 'react';

/** What becomes what; the same thing on both sides is said once. */
export function Exchange({ output, input }: { output: string; input: string }): ReactNode {
  return output === input ? output : <>{output} <span className="arrow" aria-hidden="true">→</span> {input}</>;
}
