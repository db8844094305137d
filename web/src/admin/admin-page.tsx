import type { ReactNode } from 'react';
import '../forms/forms.css';
import type { PageProps } from '../page-props';
import { useWords } from '../words';
import './admin.css';
import { PeopleSection } from './people-section';
import { TerritoriesSection } from './territories-section';

/** People of the territory, and whom it shares with. */
export function AdminPage({ session }: PageProps): ReactNode {
  const words = useWords();
  return (
    <main className="sheet">
      <div className="page-head"><h1>{words.t('admin.title', { territory: session.territory.name })}</h1></div>
      <PeopleSection session={session} />
      <TerritoriesSection session={session} />
    </main>
  );
}
