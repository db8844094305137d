import { Alert, Button, Checkbox, Group, Loader, Modal, Textarea } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { asProblem } from '../api/problem';
import type { Reason } from '../api/types';
import { Key } from '../key';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';

/** What has been typed about a lead and not yet sent; kept while the page lives. */
export interface RejectDraft {
  comment: string;
  /** Chosen, and waiting for the comment that it needs. */
  reason: Reason | null;
}

/** Takes the other leads of the same output along; no reason has this key. */
export const WHOLE_OUTPUT_KEY = '+';

interface Props {
  opened: boolean;
  reasons: UseQueryResult<Reason[]>;
  draft: RejectDraft;
  /** How many other leads of this output wait. */
  siblings: number;
  /** They are rejected along with it. */
  wholeOutput: boolean;
  onWholeOutput(whole: boolean): void;
  onDraft(draft: RejectDraft): void;
  onReason(reason: Reason): void;
  onClose(): void;
}

/** The closed list of reasons, one key each; a reason that needs words asks for them. */
export function RejectDialog({ opened, reasons, draft, siblings, wholeOutput, onWholeOutput, onDraft, onReason, onClose }: Props): ReactNode {
  const words = useWords();
  return (
    <Modal opened={opened} onClose={onClose} title={words.t('reject.title')} size="xl" closeButtonProps={{ 'aria-label': words.t('app.close') }}>
      {reasons.isPending && <Loader size="sm" aria-label={words.t('app.loading')} />}
      {reasons.error && (
        <Alert color="red" variant="light" title={words.t('reject.failed')}>
          {describeProblem(words, asProblem(reasons.error))} <Button size="compact-sm" variant="default" onClick={() => void reasons.refetch()}>{words.t('app.retry')}</Button>
        </Alert>
      )}
      {reasons.data && (draft.reason ? <CommentStep draft={draft} reason={draft.reason} onDraft={onDraft} onReason={onReason} /> : (
        <>
          <p className="muted" style={{ margin: '0 0 8px' }}><span className="only-wide">{words.t('reject.oneKey')} </span>{words.t('reject.explain')}</p>
          {siblings > 0 && <Checkbox mb="sm" checked={wholeOutput} onChange={(event) => onWholeOutput(event.currentTarget.checked)} label={<>{words.t('reject.others', { count: siblings })} <span className="only-wide"><Key>{WHOLE_OUTPUT_KEY}</Key></span></>} />}
          <ul className="reasons">
            {reasons.data.map((reason) => (
              <li key={reason.slug}>
                <button type="button" className="choice" title={reason.afterwards} onClick={() => onReason(reason)}>
                  <Key>{reason.key}</Key>
                  <span>{reason.label}</span>
                </button>
              </li>
            ))}
          </ul>
          <Textarea mt="sm" label={words.t('reject.commentOptional')} autosize minRows={1} maxRows={5} maxLength={2000} value={draft.comment} onChange={(event) => onDraft({ ...draft, comment: event.currentTarget.value })} />
        </>
      ))}
    </Modal>
  );
}

function CommentStep({ draft, reason, onDraft, onReason }: { draft: RejectDraft; reason: Reason; onDraft(draft: RejectDraft): void; onReason(reason: Reason): void }): ReactNode {
  const words = useWords();
  const [missing, setMissing] = useState(false);
  const submit = (): void => {
    setMissing(draft.comment.trim() === '');
    if (draft.comment.trim() !== '') onReason(reason);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  };
  return (
    <>
      <Textarea label={reason.label} description={words.t('reject.commentNeeded')} data-autofocus autoFocus autosize minRows={3} maxRows={10} maxLength={2000}
        value={draft.comment} error={missing && draft.comment.trim() === '' ? words.t('reject.commentNeeded') : undefined}
        onChange={(event) => onDraft({ ...draft, comment: event.currentTarget.value })} onKeyDown={onKeyDown} />
      <Group mt="sm" justify="space-between">
        <Button variant="subtle" size="sm" onClick={() => onDraft({ ...draft, reason: null })}>{words.t('reject.backToReasons')}</Button>
        <Button size="sm" onClick={submit} rightSection={<Key>Ctrl ⏎</Key>}>{words.t('reject.submit')}</Button>
      </Group>
    </>
  );
}
