import { Modal, Switch } from '@mantine/core';
import type { ReactNode } from 'react';
import { Key } from '../key';
import { useWords } from '../words';

interface Props {
  opened: boolean;
  keysOn: boolean;
  onKeysOn(on: boolean): void;
  onClose(): void;
}

export function HelpDialog({ opened, keysOn, onKeysOn, onClose }: Props): ReactNode {
  const words = useWords();
  const rows = [
    [['J', 'K'], 'help.move'], [['A'], 'help.accept'], [['R'], 'help.reject'], [['S'], 'help.snooze'], [['C'], 'help.cannot-say'], [['I'], 'help.introduce'], [['U'], 'help.undo'], [['?'], 'help.help'], [['Esc'], 'help.close'],
  ] as const;
  return (
    <Modal opened={opened} onClose={onClose} title={words.t('help.title')} size="md" closeButtonProps={{ 'aria-label': words.t('app.close') }}>
      <dl className="keys">
        {rows.map(([keys, label]) => (
          <div key={label} style={{ display: 'contents' }}>
            <dt>{keys.map((key) => <span key={key}> <Key>{key}</Key></span>)}</dt>
            <dd>{words.t(label)}</dd>
          </div>
        ))}
      </dl>
      <Switch label={words.t('help.on')} description={words.t('help.onExplain')} checked={keysOn} onChange={(event) => onKeysOn(event.currentTarget.checked)} />
    </Modal>
  );
}
