import { Alert, Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useWords } from '../words';

interface Props {
  /** Who changed what, and when. */
  text: string;
  /** Puts what stands now in the place of what was typed. */
  onLoad(): void | Promise<void>;
}

/** Told to whoever saves after a colleague did: what was typed stays, and may be saved on top, or given up for what stands now. */
export function StaleNotice({ text, onLoad }: Props): ReactNode {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const load = async (): Promise<void> => {
    setBusy(true);
    await onLoad();
    setBusy(false);
  };
  return (
    <Alert className="span" color="orange" variant="light" role="alert">
      {text} {words.t('forms.stale.again')}
      <div><Button mt={6} size="compact-sm" variant="default" loading={busy} onClick={() => void load()}>{words.t('forms.stale.load')}</Button></div>
    </Alert>
  );
}
