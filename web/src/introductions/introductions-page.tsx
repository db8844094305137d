import type { ReactNode } from 'react';
import type { PageProps } from '../page-props';
import { BoardView } from './board-view';
import { IntroductionView } from './introduction-view';
import './introductions.css';

/** The board of mediations, or one of them: `#/introductions/<id>`. */
export function IntroductionsPage({ session, rest }: PageProps): ReactNode {
  const id = rest[0] ? decodeURIComponent(rest[0]) : null;
  return id === null ? <BoardView session={session} /> : <IntroductionView key={id} id={id} session={session} />;
}
