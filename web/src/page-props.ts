import type { Session } from './api/client';

/** What every page is given. */
export interface PageProps {
  session: Session;
  /** What follows the page's own word in the address: `#/introductions/12` → `['12']`. */
  rest: string[];
  query: URLSearchParams;
}
