import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import type { Category } from './typed-flow';

const KEY = 'maillon.categories';

/** All categories, read once a visit: the form suggests from them also where the network is away, and where it was away from the beginning, from those of the visit before. */
export function useCategories(): UseQueryResult<Category[]> {
  return useQuery({ queryKey: ['categories'], queryFn: readCategories, staleTime: Infinity, gcTime: Infinity });
}

async function readCategories(): Promise<Category[]> {
  try {
    const { categories } = await sendSignedIn(() => api.GET('/api/categories'));
    keep(categories);
    return categories;
  } catch (error) {
    const kept = asProblem(error).passing ? keptCategories() : null;
    if (!kept) throw error;
    return kept;
  }
}

/** Nothing of a company: what anybody reads in the catalogue. */
function keep(categories: readonly Category[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(categories));
  } catch {
    // No room: the next visit needs the network.
  }
}

function keptCategories(): Category[] | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Category[] | null;
  } catch {
    return null;
  }
}
