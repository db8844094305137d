import { Anchor, Button, CloseButton } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { leadAddress } from './location';
import { useWords } from './words';

interface Notice {
  id: number;
  bad: boolean;
  text: string;
  leadId?: string;
  actions: readonly NoticeAction[];
}

interface NoticeAction {
  label: string;
  run(): void;
}

interface More {
  /** A lead to go and see. */
  leadId?: string;
  action?: NoticeAction;
}

export interface Notices {
  all: Notice[];
  /** What went well replaces the one before and goes by itself. */
  well(text: string, ...actions: NoticeAction[]): void;
  /** What went wrong stays until it is dealt with. */
  bad(text: string, more?: More): void;
  dismiss(id: number): void;
  /** Takes away what went well: the page that it was about is left. */
  clear(): void;
}

const SECONDS_SHOWN = 8;
let lastId = 0;

const NoticesContext = createContext<Notices | null>(null);

/** Keeps and shows what pages tell, also while one gives way to the next. */
export function NoticesProvider({ children }: { children: ReactNode }): ReactNode {
  const [all, setAll] = useState<Notice[]>([]);
  const dismiss = useCallback((id: number) => setAll((notices) => notices.filter((notice) => notice.id !== id)), []);
  const well = useCallback((text: string, ...actions: NoticeAction[]) => setAll((notices) => [...notices.filter((notice) => notice.bad), { id: (lastId += 1), bad: false, text, actions }]), []);
  const bad = useCallback((text: string, { leadId, action }: More = {}) => setAll((notices) => [...notices.filter((notice) => notice.bad), { id: (lastId += 1), bad: true, text, leadId, actions: action ? [action] : [] }]), []);
  const clear = useCallback(() => setAll((notices) => notices.filter((notice) => notice.bad)), []);
  const passing = all.find((notice) => !notice.bad)?.id;
  useEffect(() => {
    if (passing === undefined) return undefined;
    const timer = setTimeout(() => dismiss(passing), SECONDS_SHOWN * 1000);
    return () => clearTimeout(timer);
  }, [passing, dismiss]);
  const notices = useMemo(() => ({ all, well, bad, dismiss, clear }), [all, well, bad, dismiss, clear]);
  return <NoticesContext.Provider value={notices}>{children}<NoticeStack notices={notices} /></NoticesContext.Provider>;
}

export function useNotices(): Notices {
  const notices = useContext(NoticesContext);
  if (!notices) throw new Error('NoticesProvider is missing');
  return notices;
}

function NoticeStack({ notices }: { notices: Notices }): ReactNode {
  const words = useWords();
  const show = (notice: Notice): ReactNode => (
    <div key={notice.id} className={`notice${notice.bad ? ' bad' : ''}`}>
      <div>
        {notice.text}
        {notice.leadId && <> <Anchor href={leadAddress(notice.leadId)} fz="sm">{words.t('lead.see')}</Anchor></>}
      </div>
      {notice.actions.map(({ label, run }) => <Button key={label} size="compact-xs" variant="default" onClick={() => { notices.dismiss(notice.id); run(); }}>{label}</Button>)}
      <CloseButton size="sm" aria-label={words.t('app.dismiss')} onClick={() => notices.dismiss(notice.id)} />
    </div>
  );
  return (
    <div className="notices">
      <div role="alert">{notices.all.filter((notice) => notice.bad).map(show)}</div>
      <div role="status">{notices.all.filter((notice) => !notice.bad).map(show)}</div>
    </div>
  );
}
