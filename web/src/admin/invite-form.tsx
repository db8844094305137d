import { NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api, type Session } from '../api/client';
import { typedNumber } from '../flow-form/typed-flow';
import { SaveBar } from '../forms/save-bar';
import { fieldText, useSaving } from '../forms/use-saving';
import { useNotices } from '../notices';
import { type Language, useWords } from '../words';
import type { Role } from './queries';
import { RoleFields } from './role-fields';

/** Makes somebody a member and sends them a link to choose a password. */
export function InviteForm({ session, onDone, onCancel }: { session: Session; onDone(): void; onCancel(): void }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const saving = useSaving(['email', 'name', 'language', 'roles', 'weeklyMinutes']);
  const [typed, setTyped] = useState({ name: '', email: '', minutes: '' });
  const [language, setLanguage] = useState<Language>(session.language);
  const [roles, setRoles] = useState<Role[]>(['contributor']);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const weeklyMinutes = typedNumber(typed.minutes);
    const wrong = { ...(typed.name.trim() === '' ? { name: 'missing' } : {}), ...(Number.isNaN(weeklyMinutes) ? { weeklyMinutes: 'isInt' } : {}) };
    if (Object.keys(wrong).length > 0) return saving.refuse(Object.fromEntries(Object.entries(wrong).map(([field, code]) => [field, fieldText(words, { code, expected: '' })])));
    return void saving.save(() => api.POST('/api/people', { body: { name: typed.name.trim(), email: typed.email.trim(), language, roles, weeklyMinutes } }), () => {
      notices.well(words.t('admin.invited', { email: typed.email.trim() }));
      onDone();
    });
  };
  const set = (name: keyof typeof typed) => (event: { currentTarget: { value: string } }): void => { const { value } = event.currentTarget; setTyped((before) => ({ ...before, [name]: value })); };
  return (
    <form className="form editor" onSubmit={submit} noValidate>
      <TextInput label={words.t('admin.name')} autoFocus autoComplete="off" value={typed.name} error={saving.errors['name']} onChange={set('name')} />
      <TextInput label={words.t('admin.email')} type="email" autoComplete="off" value={typed.email} error={saving.errors['email']} onChange={set('email')} />
      <NativeSelect label={words.t('app.language')} value={language} error={saving.errors['language']} onChange={(event) => setLanguage(event.currentTarget.value === 'en' ? 'en' : 'fr')} data={[{ value: 'fr', label: 'Français' }, { value: 'en', label: 'English' }]} />
      <RoleFields roles={roles} minutes={typed.minutes} errors={saving.errors} onRoles={setRoles} onMinutes={(minutes) => setTyped((before) => ({ ...before, minutes }))} />
      <SaveBar saving={saving} label={words.t('admin.invite.send')} onCancel={onCancel} />
    </form>
  );
}
