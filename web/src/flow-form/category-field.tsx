import { Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import { useWords } from '../words';
import type { Category, TypedFlow } from './typed-flow';
import { useSuggested } from './use-suggested';

interface Props {
  typed: TypedFlow;
  onChange(change: Partial<TypedFlow>): void;
  categories: readonly Category[];
  error: string | undefined;
}

/** Words are typed, a category is picked from what they may mean; other words find others, and the company's stay. */
export function CategoryField({ typed, onChange, categories, error }: Props): ReactNode {
  const words = useWords();
  const name = useId();
  const [search, setSearch] = useState<string | null>(null);
  const text = search ?? typed.description;
  const chosen = categories.find(({ slug }) => slug === typed.category);
  const suggested = useSuggested(text, typed.direction, categories, search === null ? 4 : 8);
  const shown = chosen && !suggested.some(({ category }) => category === chosen) ? [{ category: chosen, confidence: null }, ...suggested] : suggested;
  // A quantity said in the unit of another category has to be looked at again.
  const pick = (category: Category): void => {
    setSearch(null);
    onChange({ category: category.slug, unit: '' });
  };
  return (
    <div className="span">
      <Textarea label={words.t('capture.words')} placeholder={words.t(typed.direction === 'output' ? 'capture.words.output' : 'capture.words.input')} autosize minRows={1} maxRows={5} maxLength={2000}
        value={typed.description} onChange={(event) => onChange({ description: event.currentTarget.value })} />
      <fieldset className="categories" aria-describedby={error ? `${name}-error` : undefined}>
        <legend className={shown.length === 0 && search === null && !error ? 'unseen' : undefined}>{words.t('capture.category')}</legend>
        {search !== null && <TextInput aria-label={words.t('capture.category.search')} placeholder={words.t('capture.category.search')} value={search} autoFocus mb={6} onChange={(event) => setSearch(event.currentTarget.value)} />}
        <div className="category-list">
          {shown.map(({ category, confidence }) => (
            <label key={category.slug} className={category === chosen ? 'on' : undefined}>
              <input type="radio" name={name} checked={category === chosen} onChange={() => pick(category)} />
              <span>{category.label[words.language]}</span>
              {confidence !== null && category !== chosen && <small className="muted number">{words.t('capture.category.suggested', { share: words.share(confidence) })}</small>}
            </label>
          ))}
          {search === null && (text.trim().length > 1 || error) && <button type="button" className="link-button" onClick={() => setSearch('')}>{words.t(shown.length === 0 ? 'capture.category.none' : 'capture.category.other')}</button>}
          {search !== null && search.trim().length > 1 && shown.length === 0 && <p className="hint">{words.t('capture.category.nothing')}</p>}
        </div>
        {error && <p className="field-error" id={`${name}-error`}>{error}</p>}
      </fieldset>
    </div>
  );
}
