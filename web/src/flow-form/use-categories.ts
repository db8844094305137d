import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { api, sendSignedIn } from '../api/client';
import type { components } from '../api/schema';
import type { Category } from './typed-flow';

type Catalogue = components['schemas']['CategoriesView'];
export type QualityAttribute = Catalogue['qualityAttributes'][number];

function useCatalogue<T>(select: (catalogue: Catalogue) => T): UseQueryResult<T> {
  return useQuery({ queryKey: ['categories'], queryFn: (): Promise<Catalogue> => sendSignedIn(() => api.GET('/api/categories')), select, staleTime: Infinity, gcTime: Infinity });
}

const categoriesOf = ({ categories }: Catalogue): Category[] => categories;
const attributesOf = ({ qualityAttributes }: Catalogue): QualityAttribute[] => qualityAttributes;

/** All categories, read once a visit: the form suggests from them also where the network is away. */
export function useCategories(): UseQueryResult<Category[]> {
  return useCatalogue(categoriesOf);
}

/** What may be said of a flow's quality, read with the categories. */
export function useQualityAttributes(): UseQueryResult<QualityAttribute[]> {
  return useCatalogue(attributesOf);
}
