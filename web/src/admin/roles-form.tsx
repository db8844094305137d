import { type FormEvent, type ReactNode, useState } from 'react';
import { api } from '../api/client';
import { typedNumber } from '../flow-form/typed-flow';
import { SaveBar } from '../forms/save-bar';
import { fieldText, useSaving } from '../forms/use-saving';
import { useNotices } from '../notices';
import { useWords } from '../words';
import type { Person } from './queries';
import { RoleFields } from './role-fields';

export function RolesForm({ person, onDone, onCancel }: { person: Person; onDone(): void; onCancel(): void }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const saving = useSaving(['roles', 'weeklyMinutes']);
  const [roles, setRoles] = useState(person.roles);
  const [minutes, setMinutes] = useState(person.weeklyMinutes === null ? '' : String(person.weeklyMinutes));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const weeklyMinutes = typedNumber(minutes);
    if (Number.isNaN(weeklyMinutes)) return saving.refuse({ weeklyMinutes: fieldText(words, { code: 'isInt', expected: '' }) });
    // Nobody leaves the territory by an oversight: that has a button of its own.
    if (roles.length === 0) return saving.refuse({ roles: fieldText(words, { code: 'arrayNotEmpty', expected: '' }) });
    return void saving.save(() => api.PUT('/api/people/{personId}/roles', { params: { path: { personId: person.id } }, body: { roles, weeklyMinutes } }), () => {
      notices.well(words.t('forms.saved'));
      onDone();
    });
  };
  return (
    <form className="form editor" onSubmit={submit} noValidate>
      <RoleFields roles={roles} minutes={minutes} errors={saving.errors} onRoles={setRoles} onMinutes={setMinutes} />
      <SaveBar saving={saving} label={words.t('forms.save')} onCancel={onCancel} />
    </form>
  );
}
