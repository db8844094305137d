import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import type { components } from '../api/schema';
import type { Category } from './typed-flow';

type Catalogue = components['schemas']['CategoriesView'];
export type QualityAttribute = Catalogue['qualityAttributes'][number];

const KEY = 'maillon.categories';

function useCatalogue<T>(select: (catalogue: Catalogue) => T): UseQueryResult<T> {
  return useQuery({ queryKey: ['categories'], queryFn: readCatalogue, select, staleTime: Infinity, gcTime: Infinity });
}

const categoriesOf = ({ categories }: Catalogue): Category[] => categories;
const attributesOf = ({ qualityAttributes }: Catalogue): QualityAttribute[] => qualityAttributes;

/** All categories, read once a visit: the form suggests from them also where the network is away, and where it was away from the beginning, from those of the visit before. */
export function useCategories(): UseQueryResult<Category[]> {
  return useCatalogue(categoriesOf);
}

/** What may be said of a flow's quality, read with the categories. */
export function useQualityAttributes(): UseQueryResult<QualityAttribute[]> {
  return useCatalogue(attributesOf);
}

async function readCatalogue(): Promise<Catalogue> {
  try {
    const catalogue = await sendSignedIn(() => api.GET('/api/categories'));
    keep(catalogue);
    return catalogue;
  } catch (error) {
    const kept = asProblem(error).passing ? keptCatalogue() : null;
    if (!kept) throw error;
    return kept;
  }
}

/** Nothing of a company: what anybody reads in the catalogue. */
function keep(catalogue: Catalogue): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(catalogue));
  } catch {
    // No room: the next visit needs the network.
  }
}

function keptCatalogue(): Catalogue | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') as Catalogue | null;
  } catch {
    return null;
  }
}
