import { Button, NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ListItem } from '../api/types';
import { useWords } from '../words';
import { familiesOf, filtersAnything, type LeadFilter, NO_FILTER } from './filter-leads';

/** Distances one may choose, in km. */
const DISTANCES = [2, 5, 10, 25, 50, 100] as const;

interface Props {
  items: readonly ListItem[];
  /** How many of them pass. */
  shown: number;
  filter: LeadFilter;
  /** On a phone they are out of the way until asked for. */
  folded: boolean;
  onFilter(filter: LeadFilter): void;
}

/** Family, distance and words; whatever is hidden by them is counted, and one press shows all again. */
export function ListFilters({ items, shown, filter, folded, onFilter }: Props): ReactNode {
  const words = useWords();
  return (
    <div className="list-filters" data-folded={folded || undefined} role="search" aria-label={words.t('filter.title')}>
      <TextInput size="xs" aria-label={words.t('filter.words')} placeholder={words.t('filter.words')} value={filter.words} onChange={(event) => onFilter({ ...filter, words: event.currentTarget.value })} />
      <NativeSelect size="xs" aria-label={words.t('filter.family')} value={filter.family ?? ''} onChange={(event) => onFilter({ ...filter, family: event.currentTarget.value || null })}
        data={[{ value: '', label: words.t('filter.family.all') }, ...familiesOf(items).map((family) => ({ value: family, label: words.of('family', family) }))]} />
      <NativeSelect size="xs" aria-label={words.t('filter.distance')} value={filter.maxKm ?? ''} onChange={(event) => onFilter({ ...filter, maxKm: event.currentTarget.value === '' ? null : Number(event.currentTarget.value) })}
        data={[{ value: '', label: words.t('filter.distance.all') }, ...DISTANCES.map((km) => ({ value: String(km), label: `≤ ${words.number(km)} km` }))]} />
      {filtersAnything(filter) && (
        <p role="status">{words.t('filter.shown', { shown, count: items.length })} <Button size="compact-xs" variant="default" onClick={() => onFilter(NO_FILTER)}>{words.t('filter.clear')}</Button></p>
      )}
    </div>
  );
}
