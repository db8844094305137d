import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { api, send } from '../api/client';
import type { components } from '../api/schema';
import { OneOf } from '../forms/one-of';
import { newId } from '../new-id';
import { useWords } from '../words';
import type { ChosenCompany, ChosenSite } from './capture';

interface Props {
  company: ChosenCompany;
  site: ChosenSite | null;
  onChange(site: ChosenSite): void;
  errors: Readonly<Record<string, string | undefined>>;
}

const NEW = 'new';

function siteLabel({ name, commune, address, ref }: components['schemas']['SiteView']): string {
  return [name ?? address, commune].filter(Boolean).join(', ') || ref;
}

/** Where the flow is: the only site there is, one of several, or one that is recorded with it. */
export function SiteField({ company, site, onChange, errors }: Props): ReactNode {
  const words = useWords();
  const sheet = useQuery({
    queryKey: ['company', company.id],
    queryFn: () => send(() => api.GET('/api/companies/{id}', { params: { path: { id: company.id } } })),
    enabled: company.kind === 'known', retry: false, staleTime: 60_000,
  });
  const sites = sheet.data?.sites;
  const fresh = (): ChosenSite => ({ kind: 'new', id: newId(), name: '', postcode: '', commune: '', latitude: null, longitude: null });
  useEffect(() => {
    if (company.kind === 'new') return site?.kind === 'new' ? undefined : onChange(fresh());
    if (sheet.isError && site === null) return onChange({ kind: 'only', id: newId() });
    if (!sites || (site !== null && site.kind !== 'only')) return undefined;
    return sites.length === 0 ? onChange(fresh()) : sites.length === 1 ? onChange({ kind: 'known', id: sites[0]!.id, label: siteLabel(sites[0]!) }) : undefined;
  }, [company.kind, company.id, sites, sheet.isError, site]);
  if (site?.kind === 'only') return <p className="span hint">{errors['site'] ?? words.t('capture.site.only')}</p>;
  const several = sites !== undefined && sites.length > 0;
  return (
    <>
      {several && (sites.length > 1 || site?.kind === 'new') && (
        <div className="span site-choice">
          <OneOf legend={words.t('capture.site')} error={errors['site'] ?? errors['siteId']} value={site?.kind === 'known' ? site.id : site?.kind === 'new' ? NEW : null}
            values={[...sites.map((one) => ({ value: one.id, label: siteLabel(one) })), { value: NEW, label: words.t('capture.site.new') }]}
            onChange={(id) => { const known = sites.find((one) => one.id === id); onChange(known ? { kind: 'known', id, label: siteLabel(known) } : fresh()); }} />
        </div>
      )}
      {several && sites.length === 1 && site?.kind === 'known' && <p className="span hint">{words.t('capture.site.at', { site: siteLabel(sites[0]!) })} <button type="button" className="link-button" onClick={() => onChange(fresh())}>{words.t('capture.site.other')}</button></p>}
      {site?.kind === 'new' && <NewSite site={site} onChange={onChange} errors={errors} />}
    </>
  );
}

function NewSite({ site, onChange, errors }: { site: Extract<ChosenSite, { kind: 'new' }>; onChange(site: ChosenSite): void; errors: Readonly<Record<string, string | undefined>> }): ReactNode {
  const words = useWords();
  const [where, setWhere] = useState<'asking' | 'refused' | null>(null);
  const set = (part: Partial<typeof site>): void => onChange({ ...site, ...part });
  const locate = (): void => {
    setWhere('asking');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => { setWhere(null); set({ latitude: Number(coords.latitude.toFixed(5)), longitude: Number(coords.longitude.toFixed(5)) }); },
      () => setWhere('refused'), { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  };
  return (
    <>
      <TextInput label={words.t('companies.postcode')} inputMode="numeric" autoComplete="off" maxLength={5} value={site.postcode} error={errors['postcode']} onChange={(event) => set({ postcode: event.currentTarget.value })} />
      <TextInput label={words.t('companies.commune')} autoComplete="off" value={site.commune} error={errors['commune']} onChange={(event) => set({ commune: event.currentTarget.value })} />
      <div className="span place">
        {site.latitude === null
          ? 'geolocation' in navigator && window.isSecureContext && <Button variant="default" size="sm" loading={where === 'asking'} onClick={locate}>{words.t('capture.site.here')}</Button>
          : <span>{words.t('capture.site.placed')} <button type="button" className="link-button" onClick={() => set({ latitude: null, longitude: null })}>{words.t('capture.site.unplace')}</button></span>}
        <p className="hint" role="status">{where === 'refused' ? words.t('capture.site.noPosition') : site.latitude === null ? words.t('capture.site.needsPlace') : ''}</p>
      </div>
    </>
  );
}
