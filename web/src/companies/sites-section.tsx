import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { api } from '../api/client';
import { typedNumber } from '../flow-form/typed-flow';
import { changedFields } from '../forms/changed-fields';
import { SaveBar } from '../forms/save-bar';
import { StaleNotice } from '../forms/stale-notice';
import { fieldText } from '../forms/use-saving';
import { useSavingOver } from '../forms/use-saving-over';
import { newId } from '../new-id';
import { useNotices } from '../notices';
import { useWords } from '../words';
import { type CompanyView, companyKey, companyQuery, type SiteView } from './queries';
import { staleCompanyText } from './stale-text';

const REGIMES = ['none', 'declaration', 'registration', 'authorisation'] as const;

/** Where the company is, and what each place may do by its permit. */
export function SitesSection({ company, mayEdit }: { company: CompanyView; mayEdit: boolean }): ReactNode {
  const words = useWords();
  const queries = useQueryClient();
  const [open, setOpen] = useState<string | null>(null);
  const [reloads, setReloads] = useState(0);
  const reload = async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: companyKey(company.id) });
    setReloads(reloads + 1);
  };
  return (
    <section className="block" aria-labelledby="sites">
      <div className="block-head"><h2 id="sites">{words.t('companies.sitesTitle')}</h2>{mayEdit && open !== 'new' && <Button size="compact-sm" variant="default" className="no-print" onClick={() => setOpen('new')}>{words.t('companies.site.add')}</Button>}</div>
      {open === 'new' && <SiteForm company={company} onClose={() => setOpen(null)} />}
      {company.sites.length === 0 && open !== 'new' && <p className="hint">{words.t('companies.sites.none')}</p>}
      <ul className="items">
        {company.sites.map((site) => (
          <li key={site.id}>
            <div className="item-head"><span>{site.name ?? site.commune ?? site.siret ?? site.ref}</span>{mayEdit && open !== site.id && <Button size="compact-xs" variant="default" className="no-print" onClick={() => setOpen(site.id)}>{words.t('forms.edit')}</Button>}</div>
            <div className="item-facts">
              {[site.address, [site.postcode, site.commune].filter(Boolean).join(' '), site.siret && `SIRET ${site.siret}`, site.naf && words.t('companies.nafIs', { naf: site.naf })].filter(Boolean).join(' · ')}
              <div>{site.permitRegime ? words.t('companies.permitIs', { regime: words.of('companies.permit', site.permitRegime), headings: site.permitHeadings.join(', ') || '–' }) : words.t('companies.permit.unknown')}{site.hazardousPermitted === null ? '' : ` · ${words.t(site.hazardousPermitted ? 'companies.hazardous.yes' : 'companies.hazardous.no')}`}</div>
              {site.latitude === null ? <span className="mark bad">{words.t('companies.site.noPlace')}</span> : <div>{words.t('companies.site.place', { latitude: words.number(site.latitude, { maximumFractionDigits: 4 }), longitude: words.number(site.longitude ?? 0, { maximumFractionDigits: 4 }), origin: words.of('companies.site.origin', site.placeOrigin ?? 'site') })}</div>}
            </div>
            {open === site.id && <SiteForm key={reloads} company={company} site={site} onReload={reload} onClose={() => setOpen(null)} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

const FIELDS = ['name', 'siret', 'address', 'postcode', 'commune', 'naf', 'latitude', 'longitude', 'permitRegime', 'permitHeadings', 'hazardousPermitted'] as const;
type Typed = Record<(typeof FIELDS)[number], string>;

/** What is sent of it, but the coordinates. */
function bodyOf(typed: Typed) {
  const text = (name: keyof Typed): string | null => typed[name].trim() || null;
  return {
    name: text('name'), siret: text('siret'), address: text('address'), postcode: text('postcode'), commune: text('commune'), naf: text('naf'), permitRegime: text('permitRegime'),
    permitHeadings: typed.permitHeadings.split(/[\s,;]+/).filter(Boolean), hazardousPermitted: typed.hazardousPermitted === '' ? null : typed.hazardousPermitted === 'true',
  };
}

interface FormProps {
  company: CompanyView;
  /** Absent: a new one. */
  site?: SiteView;
  onClose(): void;
  /** Reads the site anew, and opens this form on it. */
  onReload?(): Promise<void>;
}

function SiteForm({ company, site, onClose, onReload }: FormProps): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const saving = useSavingOver(FIELDS, site?.updatedAt ?? '', async () => {
    const now = await queries.fetchQuery({ ...companyQuery(company.id), staleTime: 0 });
    return { version: now.sites.find(({ id: other }) => other === site?.id)?.updatedAt ?? '', text: await staleCompanyText(words, company.id, site?.id ?? '') };
  });
  const id = useRef(newId());
  const degrees = (value: number | null | undefined): string => (value === null || value === undefined ? '' : words.number(value, { maximumFractionDigits: 6 }));
  const [before] = useState<Typed>({
    name: site?.name ?? '', siret: site?.siret ?? '', address: site?.address ?? '', postcode: site?.postcode ?? '', commune: site?.commune ?? '', naf: site?.naf ?? '',
    latitude: degrees(site?.latitude), longitude: degrees(site?.longitude), permitRegime: site?.permitRegime ?? '', permitHeadings: site?.permitHeadings.join(', ') ?? '',
    hazardousPermitted: site?.hazardousPermitted === null || site === undefined ? '' : String(site.hazardousPermitted),
  });
  const [typed, setTyped] = useState(before);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const [latitude, longitude] = [typedNumber(typed.latitude), typedNumber(typed.longitude)];
    const wrong = Object.entries({ latitude, longitude }).filter(([, value]) => Number.isNaN(value));
    if (wrong.length > 0) return saving.refuse(Object.fromEntries(wrong.map(([field]) => [field, fieldText(words, { code: 'not-a-number', expected: '' })])));
    // Coordinates that nobody touched keep where they come from.
    const moved = typed.latitude !== before.latitude || typed.longitude !== before.longitude;
    const place = moved ? { latitude, longitude } : {};
    const done = async (): Promise<void> => {
      await queries.invalidateQueries({ queryKey: companyKey(company.id) });
      notices.well(words.t('forms.saved'));
      onClose();
    };
    if (!site) return void saving.save(() => api.POST('/api/companies/{id}/sites', { params: { path: { id: company.id } }, body: { ...bodyOf(typed), ...place, id: id.current } }), done);
    return void saving.saveOver((shownAt) => api.PATCH('/api/sites/{id}', { params: { path: { id: site.id }, header: { 'If-Match': `"${shownAt}"` } }, body: { ...changedFields(bodyOf(before), bodyOf(typed)), ...place } }), done);
  };
  const field = (name: keyof Typed, label: string, more: { placeholder?: string; className?: string; description?: string; inputMode?: 'numeric' } = {}): ReactNode =>
    <TextInput label={label} value={typed[name]} error={saving.errors[name]} onChange={(event) => { const { value } = event.currentTarget; setTyped((before) => ({ ...before, [name]: value })); }} {...more} />;
  const choice = (name: keyof Typed, label: string, data: { value: string; label: string }[]): ReactNode =>
    <NativeSelect label={label} value={typed[name]} error={saving.errors[name]} data={[{ value: '', label: words.t('forms.unknown') }, ...data]} onChange={(event) => { const { value } = event.currentTarget; setTyped((before) => ({ ...before, [name]: value })); }} />;
  return (
    <form className="form editor" onSubmit={submit} noValidate>
      {field('name', words.t('companies.site.name'))}
      {field('siret', 'SIRET', { inputMode: 'numeric' })}
      {field('address', words.t('companies.address'), { className: 'span' })}
      {field('postcode', words.t('companies.postcode'), { inputMode: 'numeric' })}
      {field('commune', words.t('companies.commune'))}
      {field('latitude', words.t('companies.latitude'), { placeholder: '44,0221' })}
      {field('longitude', words.t('companies.longitude'), { placeholder: '1,3529' })}
      {choice('permitRegime', words.t('companies.permit'), REGIMES.map((value) => ({ value, label: words.t(`companies.permit.${value}`) })))}
      {field('permitHeadings', words.t('companies.headings'), { placeholder: '2791, 2716' })}
      {choice('hazardousPermitted', words.t('companies.hazardous'), [{ value: 'true', label: words.t('forms.yes') }, { value: 'false', label: words.t('forms.no') }])}
      {field('naf', words.t('companies.naf'), { placeholder: '11.05Z' })}
      {saving.stale && onReload && <StaleNotice text={saving.stale} onLoad={onReload} />}
      <SaveBar saving={saving} label={words.t(saving.stale ? 'forms.stale.save' : 'forms.save')} onCancel={onClose} />
    </form>
  );
}
