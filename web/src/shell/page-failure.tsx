import { Alert, Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import type { Words } from '../words';

/** A page that fails takes nothing else with it; most often its files were replaced by a newer version and loading anew is all that is needed. */
export class PageFailure extends Component<{ words: Words; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    const { words } = this.props;
    return (
      <main className="sheet">
        <Alert color="red" variant="light" title={words.t('app.pageFailed')}>{words.t('app.pageFailed.explain')} <Button size="compact-sm" variant="default" onClick={() => window.location.reload()}>{words.t('app.reload')}</Button></Alert>
      </main>
    );
  }
}
