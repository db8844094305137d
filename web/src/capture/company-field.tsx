import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, send } from '../api/client';
import { newId } from '../new-id';
import { useWords } from '../words';
import type { ChosenCompany } from './capture';

interface Props {
  company: ChosenCompany | null;
  onChange(company: ChosenCompany | null): void;
  errors: Readonly<Record<string, string | undefined>>;
}

const SHOWN = 6;

/** A company by its name, commune, SIREN or SIRET; one that nobody has recorded is made from what was typed. */
export function CompanyField({ company, onChange, errors }: Props): ReactNode {
  const words = useWords();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 200);
  const found = useQuery({
    queryKey: ['companies', { q: asked, limit: SHOWN }],
    queryFn: () => send(() => api.GET('/api/companies', { params: { query: { q: asked, limit: SHOWN } } })),
    enabled: asked.length > 1 && company === null, retry: false, staleTime: 60_000,
  });
  const rows = asked.length > 1 ? (found.data?.rows ?? []) : [];
  const digits = text.replace(/[\s.-]/g, '');
  const isNumber = /^\d{9,14}$/.test(digits);
  const make = (): void => onChange({ kind: 'new', id: newId(), name: isNumber ? '' : text.trim(), siret: digits.length === 14 ? digits : '', unchecked: found.isError || found.data === undefined });
  const error = errors['company'] ?? errors['siren'];
  if (company?.kind === 'known') {
    return <div className="span picked"><div><span className="muted">{words.t('capture.company')}</span><strong>{company.name}</strong>{error && <p className="field-error">{error}</p>}</div><Button variant="default" size="sm" onClick={() => onChange(null)}>{words.t('capture.company.change')}</Button></div>;
  }
  if (company) {
    const set = (part: Partial<Extract<ChosenCompany, { kind: 'new' }>>): void => onChange({ ...company, ...part });
    return (
      <fieldset className="span new-company">
        <legend>{words.t('capture.company.new')}</legend>
        {company.unchecked && <p className="hint">{words.t('capture.company.unchecked')}</p>}
        <div className="form">
          <TextInput label={words.t('companies.name')} autoComplete="off" value={company.name} error={errors['name'] ?? error} onChange={(event) => set({ name: event.currentTarget.value })} />
          <TextInput label={words.t('capture.siret')} inputMode="numeric" autoComplete="off" value={company.siret} error={errors['siret']} onChange={(event) => set({ siret: event.currentTarget.value })} />
        </div>
        <button type="button" className="link-button" onClick={() => onChange(null)}>{words.t('capture.company.search')}</button>
      </fieldset>
    );
  }
  return (
    <div className="span">
      <TextInput label={words.t('capture.company')} placeholder={words.t('capture.company.how')} autoComplete="off" enterKeyHint="search" value={text} error={error} onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          // Only what the list shows for this very text.
          if (asked === text.trim() && rows[0]) onChange({ kind: 'known', id: rows[0].id, name: rows[0].name });
        }} />
      {text.trim().length > 1 && (
        <ul className="choices">
          {rows.map((row) => <li key={row.id}><button type="button" className="choice-line" onClick={() => onChange({ kind: 'known', id: row.id, name: row.name })}><strong>{row.name}</strong><span className="muted">{row.communes.join(', ')}</span></button></li>)}
          {found.isError && <li className="hint">{words.t('capture.company.offline')}</li>}
          {(found.isError || (found.isSuccess && asked === text.trim())) && <li><button type="button" className="choice-line" onClick={make}><strong>{words.t('capture.company.create', { name: text.trim() })}</strong></button></li>}
        </ul>
      )}
    </div>
  );
}
