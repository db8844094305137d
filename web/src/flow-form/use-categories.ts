import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { api, sendSignedIn } from '../api/client';
import type { Category } from './typed-flow';

/** All categories, read once a visit: the form suggests from them also where the network is away. */
export function useCategories(): UseQueryResult<Category[]> {
  return useQuery({
    queryKey: ['categories'],
    queryFn: async (): Promise<Category[]> => (await sendSignedIn(() => api.GET('/api/categories'))).categories,
    staleTime: Infinity, gcTime: Infinity,
  });
}
