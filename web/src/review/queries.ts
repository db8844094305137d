import { type QueryClient, queryOptions, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { api, sendSignedIn } from '../api/client';
import type { CandidateDetail, ListItem, Reason, WeeklyList } from '../api/types';

export const LIST_KEY = ['weekly-list'] as const;
const LEAD_KEY = 'lead';

/** The whole list: a week is short, so its pages are read one after the other. */
async function readList(mine: boolean): Promise<WeeklyList> {
  let after: string | undefined;
  let whole: WeeklyList | null = null;
  do {
    const page: WeeklyList = await sendSignedIn(() => api.GET('/api/weekly-list', { params: { query: { ...(mine ? { mine } : {}), ...(after ? { after } : {}) } } }));
    whole = whole ? { ...page, items: [...whole.items, ...page.items] } : page;
    after = page.next ?? undefined;
  } while (after);
  return whole;
}

export function useWeeklyList(mine: boolean): UseQueryResult<WeeklyList> {
  return useQuery({ queryKey: [...LIST_KEY, { mine }], queryFn: () => readList(mine), placeholderData: (previous) => previous });
}

export function leadQuery(id: string) {
  return queryOptions({
    queryKey: [LEAD_KEY, id],
    queryFn: (): Promise<CandidateDetail> => sendSignedIn(() => api.GET('/api/candidates/{id}', { params: { path: { id } } })),
    staleTime: 30_000,
  });
}

export function useReasons(): UseQueryResult<Reason[]> {
  return useQuery({ queryKey: ['reasons'], queryFn: (): Promise<Reason[]> => sendSignedIn(() => api.GET('/api/reasons')), staleTime: Infinity });
}

/** What a decision changes of a lead, in the list and in its own view. */
export type Standing = Pick<ListItem, 'status' | 'version' | 'decision'>;

export function readStanding(queries: QueryClient, id: string): Standing | null {
  for (const [, list] of queries.getQueriesData<WeeklyList>({ queryKey: LIST_KEY })) {
    const item = list?.items.find((candidate) => candidate.id === id);
    if (item) return { status: item.status, version: item.version, decision: item.decision };
  }
  const lead = queries.getQueryData<CandidateDetail>([LEAD_KEY, id]);
  return lead ? { status: lead.status, version: lead.version, decision: lead.decision } : null;
}

export function writeStanding(queries: QueryClient, id: string, standing: Partial<Standing>): void {
  queries.setQueriesData<WeeklyList>({ queryKey: LIST_KEY }, (list) => list && { ...list, items: list.items.map((item) => (item.id === id ? { ...item, ...standing } : item)) });
  queries.setQueryData<CandidateDetail>([LEAD_KEY, id], (lead) => lead && { ...lead, ...standing });
}
