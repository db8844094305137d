import { api, sendSignedIn } from '../api/client';
import type { Words } from '../words';

/** Who changed a flow since it was shown, for whoever came second. */
export async function staleText(words: Words, flowId: string): Promise<string> {
  try {
    const [last] = await sendSignedIn(() => api.GET('/api/flows/{id}/history', { params: { path: { id: flowId }, query: { limit: 1 } } }));
    if (last) return words.t('companies.flow.stale', { who: last.changedBy?.name ?? words.t('companies.history.system'), what: words.of('companies.history', `flow.${last.change}`), when: words.day(last.changedAt) });
  } catch {
    // The plain words will do.
  }
  return words.t('companies.flow.staleUnknown');
}
