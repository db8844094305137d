import { api, sendSignedIn } from '../api/client';
import type { Words } from '../words';

/** Who changed a flow since it was shown, for whoever came second. */
export async function staleFlowText(words: Words, flowId: string): Promise<string> {
  try {
    const [last] = await sendSignedIn(() => api.GET('/api/flows/{id}/history', { params: { path: { id: flowId }, query: { limit: 1 } } }));
    if (last) return words.t('companies.flow.stale', { who: last.changedBy?.name ?? words.t('companies.history.system'), what: words.of('companies.history', `flow.${last.change}`), when: words.moment(last.changedAt) });
  } catch {
    // The plain words will do.
  }
  return words.t('companies.flow.staleUnknown');
}

/** The same of a company, or of one of its sites. */
export async function staleCompanyText(words: Words, companyId: string, subjectId: string): Promise<string> {
  try {
    const { rows } = await sendSignedIn(() => api.GET('/api/companies/{id}/history', { params: { path: { id: companyId }, query: { limit: 50 } } }));
    const last = rows.find(({ subject }) => subject.id === subjectId);
    if (last) return words.t('companies.stale', { who: last.by?.name ?? words.t('companies.history.system'), what: words.of('companies.history', last.action), when: words.moment(last.at) });
  } catch {
    // The plain words will do.
  }
  return words.t('companies.staleUnknown');
}
