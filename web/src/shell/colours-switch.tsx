import { ActionIcon, type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { type ReactNode, useEffect } from 'react';
import { useWords } from '../words';
import { Icon } from './icon';

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { auto: 'light', light: 'dark', dark: 'auto' };

/** Light, dark or as the machine has it; kept in this browser for each person. */
export function ColoursSwitch({ personId }: { personId: string }): ReactNode {
  const words = useWords();
  const { setColorScheme } = useMantineColorScheme();
  const [chosen, choose] = useLocalStorage<MantineColorScheme>({ key: `maillon.colours.${personId}`, defaultValue: 'auto', getInitialValueInEffect: false });
  useEffect(() => setColorScheme(chosen), [chosen]);
  const label = words.t('colours.now', { now: words.of('colours', chosen), next: words.of('colours', NEXT[chosen]) });
  return <ActionIcon variant="default" size="md" aria-label={label} title={label} onClick={() => choose(NEXT[chosen])}><Icon name={chosen} size={16} /></ActionIcon>;
}
