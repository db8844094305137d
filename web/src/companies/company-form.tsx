import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { api, type Session } from '../api/client';
import { changedFields } from '../forms/changed-fields';
import { SaveBar } from '../forms/save-bar';
import { StaleNotice } from '../forms/stale-notice';
import { useSavingOver } from '../forms/use-saving-over';
import { newId } from '../new-id';
import { useNotices } from '../notices';
import { useWords } from '../words';
import { advisorsQuery, type CompanyView, companyQuery } from './queries';
import { staleCompanyText } from './stale-text';

interface Props {
  session: Session;
  /** Absent: a new one. */
  company?: CompanyView;
  onDone(id: string): void;
  onCancel(): void;
  /** Reads the company anew, and opens this form on it. */
  onReload?(): void | Promise<void>;
}

/** What a company is, and who follows it. */
export function CompanyForm({ session, company, onDone, onCancel, onReload }: Props): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const id = useRef(company?.id ?? newId());
  const advisors = useQuery({ ...advisorsQuery, enabled: session.permissions.includes('advisor.read') });
  const saving = useSavingOver(['name', 'siren', 'naf', 'groupRef', 'referentId'], company?.updatedAt ?? '', async () => {
    const now = await queries.fetchQuery({ ...companyQuery(id.current), staleTime: 0 });
    return { version: now.updatedAt, text: await staleCompanyText(words, id.current, id.current) };
  });
  const own = session.roles.includes('advisor') ? session.person.id : '';
  const [before] = useState({ name: company?.name ?? '', siren: company?.siren ?? '', naf: company?.naf ?? '', groupRef: company?.groupRef ?? '', referentId: company ? (company.referent?.id ?? '') : own });
  const [typed, setTyped] = useState(before);
  const set = (name: keyof typeof typed) => (event: { currentTarget: { value: string } }): void => { const { value } = event.currentTarget; setTyped((old) => ({ ...old, [name]: value })); };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const text = (value: string): string | null => value.trim() || null;
    const bodyOf = ({ name, siren, naf, groupRef, referentId }: typeof typed) => ({ name: text(name), siren: text(siren), naf: text(naf), groupRef: text(groupRef), referentId: referentId || null });
    const done = async (): Promise<void> => {
      await queries.invalidateQueries({ queryKey: ['companies'] });
      await queries.invalidateQueries({ queryKey: ['company', id.current] });
      notices.well(words.t('forms.saved'));
      onDone(id.current);
    };
    if (!company) return void saving.save(() => api.POST('/api/companies', { body: { ...bodyOf(typed), id: id.current } }), done);
    return void saving.saveOver((shownAt) => api.PATCH('/api/companies/{id}', { params: { path: { id: company.id }, header: { 'If-Match': `"${shownAt}"` } }, body: changedFields(bodyOf(before), bodyOf(typed)) }), done);
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      <TextInput className="span" label={words.t('companies.name')} value={typed.name} error={saving.errors['name']} onChange={set('name')} autoFocus />
      <TextInput label={words.t('companies.siren')} inputMode="numeric" value={typed.siren} error={saving.errors['siren']} onChange={set('siren')} />
      <TextInput label={words.t('companies.naf')} placeholder="11.05Z" value={typed.naf} error={saving.errors['naf']} onChange={set('naf')} />
      <NativeSelect label={words.t('companies.referent')} value={typed.referentId} error={saving.errors['referentId']} onChange={set('referentId')}
        data={[{ value: '', label: words.t('companies.referent.none') }, ...(advisors.data ?? []).map(({ personId, name }) => ({ value: personId, label: name }))]} />
      <TextInput label={words.t('companies.group')} description={words.t('companies.group.explain')} value={typed.groupRef} error={saving.errors['groupRef']} onChange={set('groupRef')} />
      {saving.stale && onReload && <StaleNotice text={saving.stale} onLoad={onReload} />}
      <SaveBar saving={saving} label={words.t(saving.stale ? 'forms.stale.save' : 'forms.save')} onCancel={onCancel} />
    </form>
  );
}
