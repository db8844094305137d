import { Alert, Button, Radio, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { SaveBar } from '../forms/save-bar';
import { refusalText, useSaving } from '../forms/use-saving';
import { useNotices } from '../notices';
import { useWords } from '../words';
import { type CompanyView, companyKey, companyQuery, flowsQuery } from './queries';

/** Another entry of the same company is merged into this one: looked for by its name, looked at, and then taken over. */
export function MergeSection({ company, onClose }: { company: CompanyView; onClose(): void }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const saving = useSaving([]);
  // Doubles mostly share the first word of their names.
  const [text, setText] = useState(company.name.split(/\s+/)[0] ?? '');
  const [asked] = useDebouncedValue(text.trim(), 250);
  const [doubleId, choose] = useState<string | null>(null);
  const found = useQuery({ queryKey: ['companies', { q: asked, merge: true }], queryFn: () => sendSignedIn(() => api.GET('/api/companies', { params: { query: { ...(asked ? { q: asked } : {}), limit: 12 } } })) });
  const double = useQuery({ ...companyQuery(doubleId ?? ''), enabled: doubleId !== null });
  const flows = useQuery({ ...flowsQuery(doubleId ?? '', false), enabled: doubleId !== null });
  const rows = (found.data?.rows ?? []).filter(({ id }) => id !== company.id);
  const twoFirms = double.data?.siren && company.siren && double.data.siren !== company.siren;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!double.data) return;
    const { id, name } = double.data;
    void saving.save(() => api.POST('/api/companies/{id}/merge', { params: { path: { id: company.id } }, body: { doubleId: id } }), async (moved) => {
      for (const one of [id, company.id]) await queries.invalidateQueries({ queryKey: companyKey(one) });
      await queries.invalidateQueries({ queryKey: ['companies'] });
      notices.well(words.t('companies.merge.done', { name, ...moved }));
      onClose();
    });
  };
  return (
    <form className="block merge" onSubmit={submit} aria-labelledby="merge-title">
      <h2 id="merge-title">{words.t('companies.merge.title')}</h2>
      <p className="hint">{words.t('companies.merge.explain', { name: company.name })}</p>
      <TextInput label={words.t('companies.merge.find')} value={text} onChange={(event) => { setText(event.currentTarget.value); choose(null); }} autoFocus />
      {found.error && <p className="field-error" role="alert">{refusalText(words, asProblem(found.error))}</p>}
      {found.isSuccess && rows.length === 0 && <p className="hint" role="status">{words.t('companies.merge.nobody')}</p>}
      <Radio.Group mt="xs" label={words.t('companies.merge.which')} value={doubleId} onChange={choose}>
        {rows.map((row) => <Radio key={row.id} my={8} value={row.id} label={row.name} description={[row.siren ? words.t('companies.sirenIs', { siren: row.siren }) : words.t('companies.merge.noSiren'), row.communes.join(', '), row.referentName].filter(Boolean).join(' · ')} />)}
      </Radio.Group>
      {double.data && flows.data && (
        <div className="merge-what">
          <p>{words.t('companies.merge.moves', { name: double.data.name, sites: double.data.sites.length, flows: flows.data.length, contacts: double.data.contacts.length, agreements: double.data.agreements.length })}</p>
          {twoFirms && <Alert color="orange" variant="light">{words.t('companies.merge.twoSirens', { one: company.siren ?? '', other: double.data.siren ?? '' })}</Alert>}
          <p className="hint">{words.t('companies.merge.forGood')}</p>
          <SaveBar saving={saving} label={words.t('companies.merge.do', { name: double.data.name })} onCancel={onClose} />
        </div>
      )}
      {!doubleId && <Button mt="xs" variant="default" onClick={onClose}>{words.t('forms.cancel')}</Button>}
    </form>
  );
}
