import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { askIfThere } from '../api/ask-if-there';
import { suggestCategories } from './suggest-categories';
import type { Category, Direction } from './typed-flow';

interface Suggestions {
  categories: { slug: string; confidence: number }[];
}

/** Categories that typed words may mean, best first: the server's, which knows more words; ours until they come, and without a network. */
export function useSuggested(text: string, direction: Direction, categories: readonly Category[], most: number): Category[] {
  const [asked] = useDebouncedValue(text.trim(), 250);
  const answer = useQuery({
    queryKey: ['category-suggestions', asked, direction],
    queryFn: () => askIfThere<Suggestions>('suggestions', `/api/categories/suggestions?${new URLSearchParams({ text: asked, direction })}`),
    enabled: asked.length > 2, staleTime: 600_000, retry: false, placeholderData: keepPreviousData,
  });
  const known = asked.length > 2 ? answer.data?.categories : undefined;
  return useMemo(() => {
    const theirs = (known ?? []).flatMap(({ slug }) => categories.find((one) => one.slug === slug) ?? []);
    return (theirs.length > 0 ? theirs : suggestCategories(text, categories, most)).slice(0, most);
  }, [known, text, categories, most]);
}
