import { Alert, Button } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { FlowFields } from '../flow-form/flow-fields';
import { type Direction, NO_FLOW, plainErrors, type TypedFlow } from '../flow-form/typed-flow';
import { useCategories } from '../flow-form/use-categories';
import '../forms/forms.css';
import { OneOf } from '../forms/one-of';
import { fieldText } from '../forms/use-saving';
import { newId } from '../new-id';
import type { PageProps } from '../page-props';
import { useWords } from '../words';
import type { Capture, ChosenCompany, ChosenSite } from './capture';
import './capture.css';
import { CompanyField } from './company-field';
import { useKeptDraft } from './kept-draft';
import { outboxOf } from './outbox';
import { OutboxList } from './outbox-list';
import { SiteField } from './site-field';

/** What is being typed, kept on this device until it is recorded. */
export interface Draft {
  /** Of the capture that is being mended; null: a new one. */
  captureId: string | null;
  company: ChosenCompany | null;
  site: ChosenSite | null;
  flow: TypedFlow;
}

const EMPTY: Draft = { captureId: null, company: null, site: null, flow: { ...NO_FLOW, wish: 'not-asked' } };

/** A flow in under a minute, on a phone in a workshop, with or without a network: `#/capture`, `#/capture?company=<id>&name=…`. */
export function CapturePage({ session, query }: PageProps): ReactNode {
  const words = useWords();
  const outbox = outboxOf(session);
  const state = useSyncExternalStore(outbox.subscribe, outbox.read);
  const { data: categories = [], isError } = useCategories();
  const [draft, setDraft] = useKeptDraft(`${session.person.id} ${session.territory.id}`, EMPTY);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const form = useRef<HTMLFormElement>(null);
  const [company, name] = [query.get('company'), query.get('name')];
  useEffect(() => {
    if (categories.length > 0) outbox.know(categories);
  }, [outbox, categories]);
  useEffect(() => {
    if (company && name) setDraft((before) => (before.company?.id === company ? before : { ...EMPTY, company: { kind: 'known', id: company, name } }));
  }, [company, name]);
  useEffect(() => {
    if (Object.keys(errors).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [aria-describedby$="-error"] input, [aria-describedby$="-error"] button')?.focus();
  }, [errors]);

  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const changeFlow = (part: Partial<TypedFlow>): void => setDraft((before) => ({ ...before, flow: { ...before.flow, ...part } }));
  const chooseCompany = (chosen: ChosenCompany | null): void => {
    // What was pressed is gone with the choice: the next field is where one goes on.
    if (chosen?.id !== draft.company?.id) setTimeout(() => form.current?.querySelector<HTMLElement>(chosen?.kind === 'known' ? 'textarea' : chosen ? '.new-company input' : 'input[type=text], input:not([type])')?.focus());
    change({ company: chosen, ...(chosen?.id === draft.company?.id ? {} : { site: null }) });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = [
      ...(draft.company === null ? [{ field: 'company', code: 'company-needed' }] : draft.company.kind === 'new' && draft.company.name.trim() === '' ? [{ field: 'name', code: 'missing' }] : []),
      ...(draft.company !== null && draft.site === null ? [{ field: 'site', code: 'site-needed' }] : []),
      ...plainErrors(draft.flow),
    ];
    setErrors(Object.fromEntries(found.map((one) => [one.field, fieldText(words, { code: one.code, expected: '' })])));
    if (found.length > 0 || !draft.company || !draft.site) return;
    outbox.add({ id: draft.captureId ?? newId(), madeAt: new Date().toISOString(), company: draft.company, site: draft.site, flow: draft.flow });
    // The next flow is most often one of the same place.
    const { company: chosen, site } = draft;
    setDraft({ ...EMPTY, company: chosen.kind === 'new' ? null : chosen, site: chosen.kind === 'new' ? null : site, flow: { ...EMPTY.flow, direction: draft.flow.direction } });
    form.current?.closest('main')?.scrollTo({ top: 0 });
  };
  const mend = ({ id, company: chosen, site, flow, refusal, state: stands }: Capture): void => {
    // In the form it waits for its person, and must not leave meanwhile.
    if (stands === 'waiting') outbox.discard(id);
    setDraft({ captureId: id, company: chosen, site, flow });
    setErrors(Object.fromEntries((refusal?.errors ?? []).map((one) => [one.field, fieldText(words, one)])));
    form.current?.closest('main')?.scrollTo({ top: 0 });
  };
  return (
    <main className="sheet capture-sheet">
      <div className="page-head"><h1>{words.t('capture.title')}</h1></div>
      {state.forgetful && <Alert color="red" variant="light" role="alert" mb="sm">{words.t('capture.forgetful')}</Alert>}
      <div className="capture-columns">
        <form ref={form} className="block form capture" onSubmit={submit} noValidate>
          <div className="span">
            <OneOf<Direction> legend={words.t('capture.direction')} value={draft.flow.direction} onChange={(direction) => changeFlow({ direction })}
              values={[{ value: 'output', label: words.t('capture.direction.output') }, { value: 'input', label: words.t('capture.direction.input') }]} />
          </div>
          <CompanyField company={draft.company} onChange={chooseCompany} errors={errors} />
          {draft.company && <SiteField key={draft.company.id} company={draft.company} site={draft.site} onChange={(site) => change({ site })} errors={errors} />}
          {errors['site'] && draft.site === null && <p className="span field-error">{errors['site']}</p>}
          <FlowFields key={`${draft.captureId ?? ''}`} typed={draft.flow} onChange={changeFlow} categories={categories} errors={errors} short />
          {isError && categories.length === 0 && <p className="span hint">{words.t('capture.category.offline')}</p>}
          <div className="span buttons">
            <Button type="submit" size="md" className="capture-save">{words.t('capture.save')}</Button>
            {(draft.captureId !== null || draft.company !== null) && <Button variant="default" size="md" onClick={() => { setDraft(EMPTY); setErrors({}); }}>{words.t('capture.clear')}</Button>}
          </div>
        </form>
        <OutboxList state={state} mending={draft.captureId} onMend={mend} onDiscard={(id) => { outbox.discard(id); if (draft.captureId === id) setDraft(EMPTY); }} onSend={() => void outbox.flush()} />
      </div>
    </main>
  );
}
