import { Alert, Button, Group, Skeleton, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { useNotices } from '../notices';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import { changedPaths, numberAt, type PolicyDocument, type TunedCategory } from './document';
import { EvidencePanel } from './evidence-panel';
import { HistoryPanel } from './history-panel';
import { NoteDialog } from './note-dialog';
import { PolicyForm } from './policy-form';
import { PreviewPanel } from './preview-panel';
import './tuning.css';
import { useDraft } from './use-draft';

/** The active version and its document. */
async function readActive(): Promise<{ version: number; document: PolicyDocument }> {
  for (let before: number | undefined; ;) {
    const page = await sendSignedIn(() => api.GET('/api/policies', { params: { query: { limit: 100, ...(before === undefined ? {} : { before }) } } }));
    const active = page.versions.find(({ state }) => state === 'active');
    if (active) return readVersion(active.version);
    if (page.next === null) throw new Error('The territory has no active policy');
    before = page.next;
  }
}

async function readVersion(version: number): Promise<{ version: number; tag: string; document: PolicyDocument }> {
  const body = await sendSignedIn(() => api.GET('/api/policies/{version}', { params: { path: { version } } }));
  return { version, tag: body.tag, document: body.document as PolicyDocument };
}

/** The policy: move something, see at once which leads would have entered or left, activate, go back. */
export function TuningPage(): ReactNode {
  const words = useWords();
  const active = useQuery({ queryKey: ['policy', 'active'], queryFn: readActive });
  const categories = useQuery({ queryKey: ['tuned-categories'], queryFn: () => sendSignedIn(() => api.GET('/api/tuning/categories')) });
  const failed = active.error ?? categories.error;
  if (failed) return <main className="sheet"><Alert color="red" variant="light" title={words.t('tuning.failed')}>{describeProblem(words, asProblem(failed))} <Button size="compact-sm" variant="default" onClick={() => void Promise.all([active.refetch(), categories.refetch()])}>{words.t('app.retry')}</Button></Alert></main>;
  if (!active.data || !categories.data) return <main className="sheet" role="status"><span className="unseen">{words.t('app.loading')}</span><Skeleton height={400} /></main>;
  // Another version became active: begin again from it.
  return <Tuning key={active.data.version} version={active.data.version} active={active.data.document} categories={categories.data.categories} />;
}

function Tuning({ version, active, categories }: { version: number; active: PolicyDocument; categories: TunedCategory[] }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const draft = useDraft(active, version);
  const [tab, setTab] = useState<string | null>('policy');
  const [target, setTarget] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const changed = changedPaths(active, draft.document).length;
  const resume = (wanted: number): void => void readVersion(wanted).then(({ document, tag }) => {
    draft.take(document, { version: wanted, tag });
    setTab('policy');
  }, (error: unknown) => notices.bad(describeProblem(words, asProblem(error))));
  return (
    <main className="sheet">
      <div className="figures-head">
        <h1>{words.t('tuning.title')} <small className="muted">{words.t('tuning.active', { version })}</small></h1>
        <Group gap={8}>
          <span className="muted" role="status">{draft.stored && <>{words.t('tuning.draft', { version: draft.stored.version })} · </>}{words.t('tuning.changed', { count: changed })}</span>
          <Button size="compact-sm" variant="default" disabled={changed === 0} onClick={() => draft.take(active, null)}>{words.t('tuning.reset')}</Button>
          <Button size="compact-sm" variant="default" disabled={changed === 0} loading={draft.busy} onClick={() => void draft.save()}>{words.t('tuning.save')}</Button>
          <Button size="compact-sm" disabled={changed === 0} loading={draft.busy} onClick={() => setAsking(true)}>{words.t('tuning.activate')}</Button>
        </Group>
      </div>
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="sm">{(['policy', 'evidence', 'history'] as const).map((name) => <Tabs.Tab key={name} value={name}>{words.t(`tuning.tab.${name}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="policy">
          <div className="tuning">
            <PolicyForm document={draft.document} active={active} categories={categories} target={target} onTarget={setTarget} onChange={draft.change} />
            <PreviewPanel document={draft.document} against={version} />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="evidence"><EvidencePanel threshold={numberAt(draft.document, 'thresholdPoints') ?? 0} /></Tabs.Panel>
        <Tabs.Panel value="history"><HistoryPanel active={version} onResume={resume} /></Tabs.Panel>
      </Tabs>
      {asking && (
        <NoteDialog title={words.t('tuning.dialog.activate')} explain={words.t('tuning.dialog.activate.explain')} confirm={words.t('tuning.dialog.confirm')} busy={draft.busy}
          onConfirm={(note) => void draft.activate(note).then((done) => done && setAsking(false))} onClose={() => setAsking(false)} />
      )}
    </main>
  );
}
