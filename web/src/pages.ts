import { type ComponentType, lazy, type LazyExoticComponent } from 'react';
import type { Session } from './api/client';
import type { PageProps } from './page-props';
import type { IconName } from './shell/icon';
import type { MessageKey } from './words';

export interface PageEntry {
  /** First word of the address; the home page has the empty one. */
  path: string;
  /** Another first word of the same page; going from one to the other keeps what the page knows. */
  alias?: string;
  label: MessageKey;
  icon: IconName;
  /** Shown in the navigation, and opened, for whoever has one of these. */
  permissions: readonly string[];
  Page: LazyExoticComponent<ComponentType<PageProps>>;
  /** Reached from other pages only. */
  hidden?: true;
}

/** A page as a chunk of its own, loaded when it is first opened. */
function page(load: () => Promise<ComponentType<PageProps>>): PageEntry['Page'] {
  return lazy(async () => ({ default: await load() }));
}

/**
 * Every page behind the sign-in, in the order of the navigation; the first four that a person may open are in a phone's bottom bar, the others under "more".
 *
 * To add one:
 * 1. a folder of its own beside this file, with a component `function SomePage({ session, rest, query }: PageProps)`, whose outermost
 *    element is `<main className="sheet">` (a page that scrolls and can be printed) or one of its own that fills the height it is given;
 * 2. a line below; its permission is one of the API's (GET /api/session says which a person has);
 * 3. its messages in `messages/<folder>.fr.json` and `.en.json`, keys `<folder>.…`, and one line for both in `words.tsx`; its `nav.…` label there too;
 * 4. its styles in a `.css` file of its folder that the page imports; colours are the variables of `styles.css`, which know light and dark.
 * Keys: `useKeys` listens while its page is mounted; `useKeysOn` says whether the person wants single keys at all. `useNotices` tells what went well or wrong.
 * Errors of the API: `asProblem`, `describeProblem`. Moving: `<a href="#/…">` or `goTo`.
 */
export const PAGES: readonly PageEntry[] = [
  { path: '', alias: 'leads', label: 'nav.week', icon: 'week', permissions: ['list.read'], Page: page(async () => (await import('./review/review-page')).ReviewPage) },
  { path: 'introductions', label: 'nav.introductions', icon: 'introductions', permissions: ['introduction.read'], Page: page(async () => (await import('./introductions/introductions-page')).IntroductionsPage) },
  { path: 'capture', label: 'nav.capture', icon: 'capture', permissions: ['flow.edit'], Page: page(async () => (await import('./capture/capture-page')).CapturePage) },
  { path: 'companies', label: 'nav.companies', icon: 'companies', permissions: ['company.read'], Page: page(async () => (await import('./companies/companies-page')).CompaniesPage) },
  { path: 'pseudonymous-week', label: 'nav.pseudonymous', icon: 'week', permissions: ['pseudonym.read'], Page: page(async () => (await import('./review/pseudonymous-page')).PseudonymousPage) },
  { path: 'map', label: 'nav.map', icon: 'map', permissions: ['map.read'], Page: page(async () => (await import('./map/map-page')).MapPage) },
  { path: 'month', label: 'nav.month', icon: 'month', permissions: ['month.read'], Page: page(async () => (await import('./month/month-page')).MonthPage) },
  { path: 'tuning', label: 'nav.tuning', icon: 'tuning', permissions: ['tuning.preview'], Page: page(async () => (await import('./tuning/tuning-page')).TuningPage) },
  { path: 'imports', label: 'nav.imports', icon: 'imports', permissions: ['import.read'], Page: page(async () => (await import('./imports/imports-page')).ImportsPage) },
  { path: 'admin', label: 'nav.admin', icon: 'admin', permissions: ['people.read'], Page: page(async () => (await import('./admin/admin-page')).AdminPage) },
  { path: 'account', label: 'nav.account', icon: 'account', permissions: ['territory.read'], Page: page(async () => (await import('./admin/account-page')).AccountPage) },
];

export function mayOpen(session: Session, entry: PageEntry): boolean {
  return entry.permissions.some((permission) => session.permissions.includes(permission));
}

/** The page of an address; a person's first page where the address names none of theirs. Null: there is none for them. */
export function pageFor(session: Session, path: string[]): { entry: PageEntry; rest: string[] } | null {
  const open = PAGES.filter((entry) => mayOpen(session, entry));
  const named = open.find((entry) => entry.path === (path[0] ?? '') || (path[0] !== undefined && entry.alias === path[0]));
  if (named) return { entry: named, rest: path.slice(1) };
  const first = open.find((entry) => !entry.hidden);
  return first ? { entry: first, rest: [] } : null;
}
