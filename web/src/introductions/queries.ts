import { queryOptions, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { api, sendSignedIn } from '../api/client';
import type { Board, Introduction } from './types';

const BOARD_KEY = ['introductions'] as const;
/** Between two looks while a message is on its way out. */
const LOOK_AGAIN_MS = 2_000;
/** Between two looks otherwise: a company or a colleague may do something. */
const LOOK_SELDOM_MS = 30_000;

export function useBoard(mine: boolean, closed: boolean): UseQueryResult<Board> {
  return useQuery({
    queryKey: [...BOARD_KEY, { mine, closed }],
    queryFn: (): Promise<Board> => sendSignedIn(() => api.GET('/api/introductions', { params: { query: { ...(mine ? { mine } : {}), ...(closed ? { closed } : {}) } } })),
    staleTime: 0,
    placeholderData: (previous) => previous,
  });
}

export function introductionQuery(id: string) {
  return queryOptions({
    queryKey: ['introduction', id],
    queryFn: (): Promise<Introduction> => sendSignedIn(() => api.GET('/api/introductions/{id}', { params: { path: { id } } })),
    // A company may have answered since.
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.sides.some(({ messages }) => messages.some((message) => message.state === 'waiting' || message.state === 'sending')) ? LOOK_AGAIN_MS : LOOK_SELDOM_MS),
  });
}

/** Opens the introduction of an accepted lead, or finds the one that is open. @returns its address */
export async function openIntroduction(candidateId: string): Promise<string> {
  const { id } = await sendSignedIn(() => api.POST('/api/introductions', { body: { candidateId } }));
  return introductionAddress(id);
}

export function introductionAddress(id: string): string {
  return `#/introductions/${encodeURIComponent(id)}`;
}
