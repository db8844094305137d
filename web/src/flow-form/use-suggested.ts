import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, send } from '../api/client';
import { suggestCategories } from './suggest-categories';
import type { Category, Direction } from './typed-flow';

export interface Suggested {
  category: Category;
  /** Chance that it is the right one, 0 to 1, as the server sees it; null: only the names are alike. */
  confidence: number | null;
}

/** One chance in twenty: what is less likely only stands in the way of the others, unless there is no other. */
const WORTH_SHOWING = 0.05;

/** Categories that typed words may mean, best first: the server's, which knows more words; ours until they come, and without a network. */
export function useSuggested(text: string, direction: Direction, categories: readonly Category[], most: number): Suggested[] {
  const [asked] = useDebouncedValue(text.trim(), 250);
  const answer = useQuery({
    queryKey: ['category-suggestions', asked, direction],
    queryFn: () => send(() => api.GET('/api/categories/suggestions', { params: { query: { text: asked, direction } } })),
    enabled: asked.length > 2, staleTime: 600_000, retry: false, placeholderData: keepPreviousData,
  });
  const known = asked.length > 2 ? answer.data?.categories : undefined;
  return useMemo(() => {
    const theirs = (known ?? []).filter(({ confidence }, at) => at === 0 || confidence >= WORTH_SHOWING).flatMap(({ slug, confidence }) => {
      const category = categories.find((one) => one.slug === slug);
      return category ? [{ category, confidence }] : [];
    });
    return (theirs.length > 0 ? theirs : suggestCategories(text, categories, most).map((category) => ({ category, confidence: null }))).slice(0, most);
  }, [known, text, categories, most]);
}
