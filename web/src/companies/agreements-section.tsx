import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api } from '../api/client';
import { SaveBar } from '../forms/save-bar';
import { useSaving } from '../forms/use-saving';
import { useNotices } from '../notices';
import { useWords } from '../words';
import { type AgreementView, type CompanyView, companyKey } from './queries';

function today(): string {
  const now = new Date();
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`;
}

/** What the company has signed: without a valid one, none of its flows is matched or shown. */
export function AgreementsSection({ company, mayEdit }: { company: CompanyView; mayEdit: boolean }): ReactNode {
  const words = useWords();
  const [open, setOpen] = useState<string | null>(null);
  const valid = ({ signedOn, validUntil }: AgreementView): boolean => signedOn <= today() && (validUntil === null || validUntil >= today());
  return (
    <section className="block" aria-labelledby="agreements">
      <div className="block-head"><h2 id="agreements">{words.t('companies.agreements')}</h2>{mayEdit && open !== 'new' && <Button size="compact-sm" variant="default" className="no-print" onClick={() => setOpen('new')}>{words.t('companies.agreement.add')}</Button>}</div>
      {open === 'new' && <AgreementForm company={company} onClose={() => setOpen(null)} />}
      {company.agreements.length === 0 && open !== 'new' && <p className="hint">{words.t('companies.agreements.none')}</p>}
      <ul className="items">
        {company.agreements.map((agreement) => (
          <li key={agreement.id}>
            <div className="item-head"><span>{agreement.scope}</span><span className={`mark ${valid(agreement) ? 'good' : 'bad'}`}>{words.t(valid(agreement) ? 'companies.agreement.valid' : 'companies.agreement.over')}</span></div>
            <div className="item-facts">{words.t('companies.agreement.signed', { date: words.day(agreement.signedOn) })} · {agreement.validUntil ? words.t('companies.agreement.until', { date: words.day(agreement.validUntil) }) : words.t('companies.agreement.noEnd')}</div>
            {mayEdit && open !== agreement.id && <Button mt={4} size="compact-xs" variant="default" className="no-print" onClick={() => setOpen(agreement.id)}>{words.t('forms.edit')}</Button>}
            {open === agreement.id && <AgreementForm company={company} agreement={agreement} onClose={() => setOpen(null)} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function AgreementForm({ company, agreement, onClose }: { company: CompanyView; agreement?: AgreementView; onClose(): void }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const saving = useSaving(['scope', 'signedOn', 'validUntil']);
  const [typed, setTyped] = useState({ scope: agreement?.scope ?? '', signedOn: agreement?.signedOn ?? today(), validUntil: agreement?.validUntil ?? '' });
  const set = (name: keyof typeof typed) => (event: { currentTarget: { value: string } }): void => { const { value } = event.currentTarget; setTyped((before) => ({ ...before, [name]: value })); };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const body = { scope: typed.scope.trim() || null, validUntil: typed.validUntil || null };
    const done = async (): Promise<void> => {
      await queries.invalidateQueries({ queryKey: companyKey(company.id) });
      notices.well(words.t('forms.saved'));
      onClose();
    };
    void (agreement
      ? saving.save(() => api.PATCH('/api/confidentiality-agreements/{id}', { params: { path: { id: agreement.id } }, body }), done)
      : saving.save(() => api.POST('/api/companies/{id}/confidentiality-agreements', { params: { path: { id: company.id } }, body: { ...body, signedOn: typed.signedOn || null } }), done));
  };
  return (
    <form className="form editor" onSubmit={submit} noValidate>
      <TextInput className="span" label={words.t('companies.agreement.scope')} placeholder={words.t('companies.agreement.scope.example')} autoFocus value={typed.scope} error={saving.errors['scope']} onChange={set('scope')} />
      <TextInput type="date" label={words.t('companies.agreement.signedOn')} disabled={agreement !== undefined} value={typed.signedOn} error={saving.errors['signedOn']} onChange={set('signedOn')} />
      <TextInput type="date" label={words.t('companies.agreement.validUntil')} description={words.t('companies.agreement.validUntil.explain')} inputWrapperOrder={['label', 'input', 'description', 'error']} value={typed.validUntil} error={saving.errors['validUntil']} onChange={set('validUntil')} />
      <SaveBar saving={saving} label={words.t('forms.save')} onCancel={onClose} />
    </form>
  );
}
