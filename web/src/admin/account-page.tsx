import { Button, PasswordInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api, sendSignedIn, type Session } from '../api/client';
import { asProblem } from '../api/problem';
import '../forms/forms.css';
import { OneOf } from '../forms/one-of';
import { SaveBar } from '../forms/save-bar';
import { refusalText, useSaving } from '../forms/use-saving';
import { useNotices } from '../notices';
import type { PageProps } from '../page-props';
import { type Language, useWords } from '../words';
import { Absences } from './absences';
import './admin.css';
import { ownAbsencesQuery } from './queries';

/** What concerns oneself: language, password, absences, and the territory one works in. */
export function AccountPage({ session }: PageProps): ReactNode {
  const words = useWords();
  return (
    <main className="sheet account">
      <div className="page-head"><h1>{words.t('admin.account')}</h1></div>
      <p className="company-facts"><strong>{session.person.name}</strong><br /><span className="muted">{session.person.email}<br />{session.roles.map((role) => words.t(`role.${role}`)).join(', ')}</span></p>
      <LanguageSection />
      {session.territories.length > 1 && <TerritorySection session={session} />}
      {session.permissions.includes('absence.edit-own') && <OwnAbsences session={session} />}
      <PasswordSection />
    </main>
  );
}

function LanguageSection(): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const choose = async (language: Language): Promise<void> => {
    words.setLanguage(language);
    try {
      await sendSignedIn(() => api.PUT('/api/session/language', { body: { language } }));
    } catch (error) {
      notices.bad(refusalText(words, asProblem(error)));
    }
  };
  return <section className="block"><OneOf<Language> legend={words.t('admin.language')} value={words.language} onChange={(language) => void choose(language)} values={[{ value: 'fr', label: 'Français' }, { value: 'en', label: 'English' }]} /></section>;
}

function TerritorySection({ session }: { session: Session }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const choose = async (territoryId: string): Promise<void> => {
    try {
      await sendSignedIn(() => api.PUT('/api/session/territory', { body: { territoryId } }));
      // Everything on the page was of the other one.
      window.location.hash = '#/';
      window.location.reload();
    } catch (error) {
      notices.bad(refusalText(words, asProblem(error)));
    }
  };
  return (
    <section className="block" aria-labelledby="territory">
      <h2 id="territory">{words.t('admin.territory')}</h2>
      <div className="buttons">{session.territories.map(({ id, name }) => <Button key={id} variant={id === session.territory.id ? 'filled' : 'default'} aria-current={id === session.territory.id || undefined} onClick={() => void choose(id)}>{name}</Button>)}</div>
    </section>
  );
}

function OwnAbsences({ session }: { session: Session }): ReactNode {
  const words = useWords();
  const queries = useQueryClient();
  const absences = useQuery(ownAbsencesQuery);
  const advisors = useQuery({ queryKey: ['advisors'], queryFn: () => sendSignedIn(() => api.GET('/api/advisors')) });
  return (
    <section className="block" aria-labelledby="absences">
      <h2 id="absences">{words.t('admin.ownAbsences')}</h2>
      <p className="hint">{words.t('admin.absence.explain')}</p>
      <Absences absences={absences.data ?? []} delegates={(advisors.data ?? []).filter(({ personId }) => personId !== session.person.id).map(({ personId, name }) => ({ id: personId, name }))}
        add={(body) => api.POST('/api/session/absences', { body })} remove={(absenceId) => api.DELETE('/api/session/absences/{absenceId}', { params: { path: { absenceId } } })}
        onChanged={() => queries.invalidateQueries({ queryKey: ownAbsencesQuery.queryKey })} />
    </section>
  );
}

/** As the server asks; it has the last word. */
const SHORTEST = 12;

function PasswordSection(): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const saving = useSaving(['currentPassword', 'newPassword']);
  const [typed, setTyped] = useState({ currentPassword: '', newPassword: '' });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void saving.save(() => api.PUT('/api/session/password', { body: typed }), () => {
      setTyped({ currentPassword: '', newPassword: '' });
      notices.well(words.t('admin.password.done'));
    });
  };
  return (
    <section className="block" aria-labelledby="password">
      <h2 id="password">{words.t('admin.password')}</h2>
      <form className="form" onSubmit={submit}>
        <PasswordInput label={words.t('admin.password.current')} autoComplete="current-password" required withAsterisk={false} value={typed.currentPassword} error={saving.errors['currentPassword']} onChange={(event) => { const { value } = event.currentTarget; setTyped((before) => ({ ...before, currentPassword: value })); }} />
        <PasswordInput label={words.t('password.new')} description={words.t('password.rule', { count: SHORTEST })} inputWrapperOrder={['label', 'input', 'description', 'error']} autoComplete="new-password" required withAsterisk={false} minLength={SHORTEST} value={typed.newPassword} error={saving.errors['newPassword']}
          onChange={(event) => { const { value } = event.currentTarget; setTyped((before) => ({ ...before, newPassword: value })); }} />
        <SaveBar saving={saving} label={words.t('admin.password.change')} />
      </form>
    </section>
  );
}
