import { api, send, sendSignedIn } from '../api/client';
import { ApiProblem } from '../api/problem';
import { type Category, flowBody } from '../flow-form/typed-flow';
import type { Capture, NearLeads, SentCapture } from './capture';

/**
 * Records the company and the site where they are new, then the flow. Every part bears an id made here, so whatever was sent
 * before and whatever answer was lost, each is recorded once.
 * @param progress told what is recorded by now, to be kept
 * @throws ApiProblem; status 0 or passing: to be sent again as it is
 */
export async function sendCapture(capture: Capture, categories: readonly Category[], progress: (part: Partial<Capture>) => void): Promise<SentCapture> {
  const company = await recordCompany(capture);
  progress({ company });
  const siteId = await recordSite({ ...capture, company });
  progress({ site: { kind: 'known', id: siteId, label: capture.site.kind === 'known' ? capture.site.label : '' } });
  const { direction } = capture.flow;
  await sendSignedIn(() => api.POST('/api/flows', { body: { ...flowBody(capture.flow, categories), id: capture.id, siteId, direction } }));
  const near = await countNear(capture.id);
  const chosen = categories.find(({ slug }) => slug === capture.flow.category);
  return { id: capture.id, companyId: company.id, companyName: company.name, description: capture.flow.description.trim() || (chosen?.label.fr ?? ''), near };
}

/** How many leads the flow would have; null: the server could not say it in time. The flow is recorded all the same. */
async function countNear(id: string): Promise<NearLeads | null> {
  try {
    return await send(() => api.GET('/api/flows/{id}/near-leads', { params: { path: { id } } }));
  } catch {
    return null;
  }
}

async function recordCompany({ company }: Capture): Promise<Extract<Capture['company'], { kind: 'known' }>> {
  if (company.kind === 'known') return company;
  const { id, name, siret } = company;
  const digits = siret.replace(/\D/g, '');
  if (company.unchecked) {
    const { rows } = await sendSignedIn(() => api.GET('/api/companies', { params: { query: { q: digits || name } } }));
    const known = rows.find((row) => row.id !== id && (digits !== '' || sameName(row.name, name)));
    if (known && !rows.some((row) => row.id === id)) throw new ApiProblem(409, 'company-known', known.name, [{ field: 'company', code: 'company-known', expected: known.name }]);
  }
  await sendSignedIn(() => api.POST('/api/companies', { body: { id, name, siren: digits === '' ? null : digits.slice(0, 9) } }));
  return { kind: 'known', id, name };
}

async function recordSite({ company, site }: Capture): Promise<string> {
  if (site.kind === 'known') return site.id;
  if (site.kind === 'only') {
    const { sites } = await sendSignedIn(() => api.GET('/api/companies/{id}', { params: { path: { id: company.id } } }));
    if (sites.length > 1) throw new ApiProblem(409, 'site-needed', 'Several sites', [{ field: 'site', code: 'site-needed', expected: 'one of the sites' }]);
    if (sites[0]) return sites[0].id;
  }
  const siret = company.kind === 'new' ? company.siret : '';
  const { name = '', postcode = '', commune = '', latitude = null, longitude = null } = site.kind === 'new' ? site : {};
  const { id } = await sendSignedIn(() => api.POST('/api/companies/{id}/sites', {
    params: { path: { id: company.id } },
    body: { id: site.id, siret: siret.trim() || null, name: name.trim() || null, postcode: postcode.trim() || null, commune: commune.trim() || null, latitude, longitude },
  }));
  return id;
}

function sameName(one: string, other: string): boolean {
  const plain = (text: string): string => text.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]/g, '');
  return plain(one) === plain(other);
}
