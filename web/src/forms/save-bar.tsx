import { Alert, Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words';
import type { Saving } from './use-saving';

interface Props {
  saving: Saving;
  /** On the button that saves. */
  label: string;
  onCancel?(): void;
  children?: ReactNode;
}

/** The end of a form: what was refused as a whole, and the buttons. */
export function SaveBar({ saving, label, onCancel, children }: Props): ReactNode {
  const words = useWords();
  return (
    <div className="span save-bar">
      {saving.refusal && <Alert color="red" variant="light" role="alert" p="xs" mb="xs">{saving.refusal}</Alert>}
      <div className="buttons">
        <Button type="submit" loading={saving.busy}>{label}</Button>
        {onCancel && <Button variant="default" onClick={onCancel}>{words.t('forms.cancel')}</Button>}
        {children}
      </div>
    </div>
  );
}
