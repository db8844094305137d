import { Alert, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api } from '../api/client';
import { FlowFields } from '../flow-form/flow-fields';
import { type Category, FLOW_FIELDS, type FlowBody, flowBody, type FlowView, monthsOf, plainErrors, type TypedFlow, unitsOf } from '../flow-form/typed-flow';
import { SaveBar } from '../forms/save-bar';
import { fieldText, useSaving } from '../forms/use-saving';
import { useNotices } from '../notices';
import { useWords } from '../words';
import { companyKey } from './queries';
import { staleText } from './stale-text';

interface Props {
  flow: FlowView;
  categories: readonly Category[];
  onDone(): void;
  onCancel(): void;
}

const PROVENANCES = ['measured', 'declared', 'estimated', 'sector-average'] as const;
const REACHES = ['local', 'regional', 'national'] as const;
const HAZARDS = ['true', 'false'] as const;

/** Changes what is said of a flow. When a colleague was faster it says who, keeps what was typed, and saves over it only when told so again. */
export function FlowEditor({ flow, categories, onDone, onCancel }: Props): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const saving = useSaving([...FLOW_FIELDS, 'wasteCode', 'hazardous', 'provenance', 'contractEndsOn', 'reach', 'withheld']);
  const [stale, setStale] = useState<string | null>(null);
  // What was on screen when the editor opened; the flow itself may be read anew below it.
  const [shown] = useState(flow);
  const [version, setVersion] = useState(flow.version);
  const category = categories.find(({ slug }) => slug === flow.category);
  const [before] = useState<TypedFlow>({
    direction: flow.direction, description: flow.description, category: flow.category, amount: flow.quantity === null ? '' : words.number(flow.quantity, { maximumSignificantDigits: 6, useGrouping: false }),
    unit: unitsOf(category)[0] ?? 't', period: 'year', months: monthsOf(flow.months), wish: flow.wish, presentOutlet: flow.presentOutlet ?? '', presentCost: flow.presentCost === null ? '' : words.number(flow.presentCost, { maximumFractionDigits: 4, useGrouping: false }),
  });
  const [typed, setTyped] = useState(before);
  const [more, setMore] = useState({ wasteCode: flow.wasteCode ?? '', hazardous: flow.hazardous === null ? '' : String(flow.hazardous), provenance: flow.provenance ?? '', contractEndsOn: flow.contractEndsOn ?? '', reach: flow.reach as string, withheld: flow.withheld });
  const set = (name: keyof typeof more) => (event: { currentTarget: { value: string } }): void => { const { value } = event.currentTarget; setMore((old) => ({ ...old, [name]: value })); };

  /** Only what was changed here: what a colleague changed elsewhere in the flow stays. */
  const patch = (): FlowBody => {
    const [old, now] = [flowBody(before, categories), flowBody(typed, categories)];
    const said = Object.fromEntries(Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name as keyof FlowBody]))) as FlowBody;
    // A suggested category is confirmed by whoever saves it as it stands.
    if (shown.categoryOrigin === 'suggested' && typed.category !== null) said.category = typed.category;
    if (more.wasteCode !== (shown.wasteCode ?? '')) said.wasteCode = more.wasteCode.trim() || null;
    if (more.hazardous !== (shown.hazardous === null ? '' : String(shown.hazardous))) said.hazardous = more.hazardous === '' ? null : more.hazardous === 'true';
    if (more.provenance !== (shown.provenance ?? '')) said.provenance = more.provenance || null;
    if (more.contractEndsOn !== (shown.contractEndsOn ?? '')) said.contractEndsOn = more.contractEndsOn || null;
    if (more.reach !== shown.reach) said.reach = more.reach;
    if (more.withheld !== shown.withheld) said.withheld = more.withheld;
    return said;
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const found = plainErrors(typed);
    if (found.length > 0) return saving.refuse(Object.fromEntries(found.map(({ field, code }) => [field, fieldText(words, { code, expected: '' })])));
    let newest: number | null = null;
    const saved = await saving.save(async () => {
      const answer = await api.PATCH('/api/flows/{id}', { params: { path: { id: flow.id }, header: { 'If-Match': `"${version}"` } }, body: patch() });
      if (answer.response.status === 412) newest = (await api.GET('/api/flows/{id}', { params: { path: { id: flow.id } } })).data?.version ?? null;
      return answer;
    });
    if (saved) {
      notices.well(words.t('forms.saved'));
      return onDone();
    }
    if (newest === null) return undefined;
    setVersion(newest);
    setStale(await staleText(words, flow.id));
    saving.clear();
    return queries.invalidateQueries({ queryKey: companyKey(flow.place.companyId) });
  };
  return (
    <form className="form editor" onSubmit={(event) => void submit(event)} noValidate>
      {stale && <Alert className="span" color="orange" variant="light" role="alert">{stale} {words.t('companies.flow.stale.again')}</Alert>}
      <FlowFields typed={typed} onChange={(part) => setTyped((old) => ({ ...old, ...part }))} categories={categories} errors={saving.errors} />
      <NativeSelect label={words.t('companies.flow.provenance')} value={more.provenance} error={saving.errors['provenance']} onChange={set('provenance')} data={[{ value: '', label: words.t('provenance.unknown') }, ...PROVENANCES.map((value) => ({ value, label: words.t(`provenance.${value}`) }))]} />
      <TextInput type="date" label={words.t('companies.flow.contractEnds')} value={more.contractEndsOn} error={saving.errors['contractEndsOn']} onChange={set('contractEndsOn')} />
      <TextInput label={words.t('lead.wasteCode')} placeholder="02 07 04" inputMode="numeric" value={more.wasteCode} error={saving.errors['wasteCode']} onChange={set('wasteCode')} />
      <NativeSelect label={words.t('companies.flow.hazardous')} value={more.hazardous} error={saving.errors['hazardous']} onChange={set('hazardous')} data={[{ value: '', label: words.t('forms.unknown') }, ...HAZARDS.map((value) => ({ value, label: words.t(value === 'true' ? 'forms.yes' : 'forms.no') }))]} />
      <NativeSelect label={words.t('companies.flow.reach')} value={more.reach} error={saving.errors['reach']} onChange={set('reach')} data={REACHES.map((value) => ({ value, label: words.t(`companies.flow.reach.${value}`) }))} />
      <Checkbox mt={28} label={words.t('companies.flow.withhold')} checked={more.withheld} onChange={(event) => { const { checked } = event.currentTarget; setMore((old) => ({ ...old, withheld: checked })); }} />
      <SaveBar saving={saving} label={words.t(stale ? 'companies.flow.saveAnyway' : 'forms.save')} onCancel={onCancel} />
    </form>
  );
}
