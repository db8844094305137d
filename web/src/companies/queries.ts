import { queryOptions } from '@tanstack/react-query';
import { api, sendSignedIn } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type CompanyView = Schemas['CompanyView'];
export type SiteView = Schemas['SiteView'];
export type ContactView = Schemas['ContactView'];
export type AgreementView = Schemas['ConfidentialityAgreementView'];
export type WhyNot = Schemas['WhyNotAnswer'];

export const companyKey = (id: string) => ['company', id] as const;

export function companyQuery(id: string) {
  return queryOptions({ queryKey: companyKey(id), queryFn: () => sendSignedIn(() => api.GET('/api/companies/{id}', { params: { path: { id } } })) });
}

/** A company's flows, standing or withdrawn ones; a company with more than 200 shows the first 200. */
export function flowsQuery(companyId: string, withdrawn: boolean) {
  return queryOptions({
    queryKey: [...companyKey(companyId), 'flows', { withdrawn }],
    queryFn: async () => (await sendSignedIn(() => api.GET('/api/flows', { params: { query: { companyId, withdrawn, limit: 200 } } }))).rows,
  });
}

export function leadsQuery(companyId: string) {
  return queryOptions({ queryKey: [...companyKey(companyId), 'leads'], queryFn: () => sendSignedIn(() => api.GET('/api/companies/{id}/leads', { params: { path: { id: companyId }, query: { limit: 20 } } })) });
}

export function introductionsQuery(companyId: string) {
  return queryOptions({ queryKey: [...companyKey(companyId), 'introductions'], queryFn: () => sendSignedIn(() => api.GET('/api/introductions', { params: { query: { companyId, closed: true } } })) });
}

export const advisorsQuery = queryOptions({ queryKey: ['advisors'], queryFn: () => sendSignedIn(() => api.GET('/api/advisors')), staleTime: 60_000 });

export function companyAddress(id: string): string {
  return `#/companies/${encodeURIComponent(id)}`;
}
