import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import { LANGUAGES, type Language, useWords } from './words';

export function LanguageSwitch({ onChosen }: { onChosen?(language: Language): void }): ReactNode {
  const words = useWords();
  return (
    <SegmentedControl size="xs" transitionDuration={0} aria-label={words.t('app.language')} value={words.language} data={LANGUAGES.map((value) => ({ value, label: value.toUpperCase() }))}
      onChange={(value) => {
        words.setLanguage(value as Language);
        onChosen?.(value as Language);
      }} />
  );
}
