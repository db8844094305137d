import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Session } from '../api/client';
import { mayOpen, type PageEntry, PAGES } from '../pages';
import { useWords } from '../words';
import { Icon } from './icon';

/** So many fit a phone's bottom bar beside "more". */
const ON_PHONE = 4;

/** Words with their icons: a rail beside the page on wide screens, a bar below it on phones. */
export function Navigation({ session, current }: { session: Session; current: PageEntry | null }): ReactNode {
  const words = useWords();
  const entries = PAGES.filter((entry) => !entry.hidden && mayOpen(session, entry));
  const isCurrent = (entry: PageEntry): boolean => entry.label === current?.label;
  const few = entries.length <= ON_PHONE + 1;
  const beyond = few ? [] : entries.slice(ON_PHONE);
  if (entries.length < 2) return null;
  return (
    <nav className="rail" aria-label={words.t('nav.title')}>
      {entries.map((entry, at) => (
        <a key={entry.path} href={`#/${entry.path}`} className={`rail-item${!few && at >= ON_PHONE ? ' only-wide' : ''}`} aria-current={isCurrent(entry) ? 'page' : undefined}>
          <Icon name={entry.icon} />
          <span>{words.t(entry.label)}</span>
        </a>
      ))}
      {beyond.length > 0 && (
        <Menu position="top-end" transitionProps={{ duration: 0 }}>
          <Menu.Target>
            <button type="button" className="rail-item only-narrow" data-current={beyond.some(isCurrent) || undefined}><Icon name="more" /><span>{words.t('nav.more')}</span></button>
          </Menu.Target>
          <Menu.Dropdown>
            {beyond.map((entry) => <Menu.Item key={entry.path} component="a" href={`#/${entry.path}`} leftSection={<Icon name={entry.icon} />} aria-current={isCurrent(entry) ? 'page' : undefined}>{words.t(entry.label)}</Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
      )}
    </nav>
  );
}
