import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { api, type Session } from '../api/client';
import { SaveBar } from '../forms/save-bar';
import { useSaving } from '../forms/use-saving';
import { newId } from '../new-id';
import { useNotices } from '../notices';
import { useWords } from '../words';
import { advisorsQuery, type CompanyView } from './queries';

interface Props {
  session: Session;
  /** Absent: a new one. */
  company?: CompanyView;
  onDone(id: string): void;
  onCancel(): void;
}

/** What a company is, and who follows it. */
export function CompanyForm({ session, company, onDone, onCancel }: Props): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const id = useRef(company?.id ?? newId());
  const advisors = useQuery({ ...advisorsQuery, enabled: session.permissions.includes('advisor.read') });
  const saving = useSaving(['name', 'siren', 'naf', 'groupRef', 'referentId']);
  const own = session.roles.includes('advisor') ? session.person.id : '';
  const [typed, setTyped] = useState({ name: company?.name ?? '', siren: company?.siren ?? '', naf: company?.naf ?? '', groupRef: company?.groupRef ?? '', referentId: company ? (company.referent?.id ?? '') : own });
  const set = (name: keyof typeof typed) => (event: { currentTarget: { value: string } }): void => { const { value } = event.currentTarget; setTyped((before) => ({ ...before, [name]: value })); };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const text = (value: string): string | null => value.trim() || null;
    const body = { name: text(typed.name), siren: text(typed.siren), naf: text(typed.naf), groupRef: text(typed.groupRef), referentId: typed.referentId || null };
    const done = async (): Promise<void> => {
      await queries.invalidateQueries({ queryKey: ['companies'] });
      await queries.invalidateQueries({ queryKey: ['company', id.current] });
      notices.well(words.t('forms.saved'));
      onDone(id.current);
    };
    void (company
      ? saving.save(() => api.PATCH('/api/companies/{id}', { params: { path: { id: company.id } }, body }), done)
      : saving.save(() => api.POST('/api/companies', { body: { ...body, id: id.current } }), done));
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      <TextInput className="span" label={words.t('companies.name')} value={typed.name} error={saving.errors['name']} onChange={set('name')} autoFocus />
      <TextInput label={words.t('companies.siren')} inputMode="numeric" value={typed.siren} error={saving.errors['siren']} onChange={set('siren')} />
      <TextInput label={words.t('companies.naf')} placeholder="11.05Z" value={typed.naf} error={saving.errors['naf']} onChange={set('naf')} />
      <NativeSelect label={words.t('companies.referent')} value={typed.referentId} error={saving.errors['referentId']} onChange={set('referentId')}
        data={[{ value: '', label: words.t('companies.referent.none') }, ...(advisors.data ?? []).map(({ personId, name }) => ({ value: personId, label: name }))]} />
      <TextInput label={words.t('companies.group')} description={words.t('companies.group.explain')} value={typed.groupRef} error={saving.errors['groupRef']} onChange={set('groupRef')} />
      <SaveBar saving={saving} label={words.t('forms.save')} onCancel={onCancel} />
    </form>
  );
}
