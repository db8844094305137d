import type { ReactNode } from 'react';
import type { Session } from './api/client';
import { Top } from './top';
import { useWords } from './words';

/** For those whose screens are not made yet: says so, rather than showing an empty list. */
export function OtherRoles({ session }: { session: Session }): ReactNode {
  const words = useWords();
  return (
    <div className="page">
      <Top session={session} />
      <main className="lead-scroll">
        <section className="block" style={{ maxWidth: 640 }}>
          <h2 style={{ fontSize: 17, margin: '0 0 6px' }}>{words.t('other.title')}</h2>
          <p style={{ margin: 0 }}>{words.t('other.explain', { roles: session.roles.map((role) => words.of('role', role)).join(', ') })}</p>
        </section>
      </main>
    </div>
  );
}
