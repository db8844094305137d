import { Checkbox, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words';
import { type Role, ROLES } from './queries';

interface Props {
  roles: readonly Role[];
  minutes: string;
  errors: Readonly<Record<string, string | undefined>>;
  onRoles(roles: Role[]): void;
  onMinutes(minutes: string): void;
}

/** What a person may do, and how many minutes a week an advisor has for the list. */
export function RoleFields({ roles, minutes, errors, onRoles, onMinutes }: Props): ReactNode {
  const words = useWords();
  return (
    <>
      <fieldset className="span">
        <legend>{words.t('admin.roles')}</legend>
        <div className="role-list">
          {ROLES.map((role) => (
            <Checkbox key={role} label={words.t(`role.${role}`)} description={words.t(`admin.role.${role}`)} checked={roles.includes(role)}
              onChange={(event) => onRoles(event.currentTarget.checked ? [...roles, role] : roles.filter((one) => one !== role))} />
          ))}
        </div>
        {errors['roles'] && <p className="field-error">{errors['roles']}</p>}
      </fieldset>
      {roles.includes('advisor') && <TextInput label={words.t('admin.minutes')} description={words.t('admin.minutes.explain')} inputMode="numeric" value={minutes} error={errors['weeklyMinutes']} onChange={(event) => onMinutes(event.currentTarget.value)} />}
    </>
  );
}
