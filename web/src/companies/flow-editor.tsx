import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api, sendSignedIn } from '../api/client';
import { FlowFields } from '../flow-form/flow-fields';
import { qualityBody, QualityFields, typedQuality } from '../flow-form/quality-fields';
import { type Category, FLOW_FIELDS, type FlowBody, flowBody, type FlowView, hasPeriod, monthsOf, plainErrors, type TypedFlow, typedNumber, unitsOf } from '../flow-form/typed-flow';
import { useQualityAttributes } from '../flow-form/use-categories';
import { changedFields } from '../forms/changed-fields';
import { SaveBar } from '../forms/save-bar';
import { StaleNotice } from '../forms/stale-notice';
import { fieldText } from '../forms/use-saving';
import { useSavingOver } from '../forms/use-saving-over';
import { useNotices } from '../notices';
import { useWords } from '../words';
import { staleFlowText } from './stale-text';

interface Props {
  flow: FlowView;
  categories: readonly Category[];
  onDone(): void;
  /** Reads the flow anew, and opens this editor on it. */
  onReload(): void | Promise<void>;
  onCancel(): void;
}

const PROVENANCES = ['measured', 'declared', 'estimated', 'sector-average'] as const;
const REACHES = ['local', 'regional', 'national'] as const;
const HAZARDS = ['true', 'false'] as const;

/** Changes what is said of a flow. When a colleague was faster it says who, keeps what was typed, and saves over it only when told so again. */
export function FlowEditor({ flow, categories, onDone, onReload, onCancel }: Props): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const { data: attributes = [] } = useQualityAttributes();
  const saving = useSavingOver([...FLOW_FIELDS, 'wasteCode', 'hazardous', 'provenance', 'contractEndsOn', 'reach', 'withheld', 'minimumLot', 'minimumLot.value', ...attributes.map(({ slug }) => `quality.${slug}`)], flow.version, async () => ({
    version: (await sendSignedIn(() => api.GET('/api/flows/{id}', { params: { path: { id: flow.id } } }))).version, text: await staleFlowText(words, flow.id),
  }));
  // What was on screen when the editor opened; the flow itself may be read anew below it.
  const [shown] = useState(flow);
  const category = categories.find(({ slug }) => slug === flow.category);
  const [before] = useState<TypedFlow>({
    direction: flow.direction, description: flow.description, category: flow.category, amount: flow.quantity === null ? '' : words.number(flow.quantity, { maximumSignificantDigits: 6, useGrouping: false }),
    unit: unitsOf(category)[0] ?? 't', period: 'year', months: monthsOf(flow.months), wish: flow.wish, presentOutlet: flow.presentOutlet ?? '', presentCost: flow.presentCost === null ? '' : words.number(flow.presentCost, { maximumFractionDigits: 4, useGrouping: false }),
  });
  const [typed, setTyped] = useState(before);
  const [qualityBefore] = useState(() => typedQuality(words, flow.quality));
  const [quality, setQuality] = useState(qualityBefore);
  const lotBefore = shown.minimumLot === null ? '' : words.number(shown.minimumLot, { maximumSignificantDigits: 6, useGrouping: false });
  const [lot, setLot] = useState(lotBefore);
  const typedCategory = categories.find(({ slug }) => slug === typed.category);
  const lotUnit = unitsOf(typedCategory)[0] ?? 't';
  const decisive = attributes.filter(({ slug }) => typedCategory?.attributes.includes(slug) || slug in qualityBefore);
  const [more, setMore] = useState({ wasteCode: flow.wasteCode ?? '', hazardous: flow.hazardous === null ? '' : String(flow.hazardous), provenance: flow.provenance ?? '', contractEndsOn: flow.contractEndsOn ?? '', reach: flow.reach as string, withheld: flow.withheld });
  const set = (name: keyof typeof more) => (event: { currentTarget: { value: string } }): void => { const { value } = event.currentTarget; setMore((old) => ({ ...old, [name]: value })); };

  /** Only what was changed here: what a colleague changed elsewhere in the flow stays. */
  const patch = (): FlowBody => {
    const said: FlowBody = changedFields(flowBody(before, categories), flowBody(typed, categories));
    // A suggested category is confirmed by whoever saves it as it stands.
    if (shown.categoryOrigin === 'suggested' && typed.category !== null) said.category = typed.category;
    if (more.wasteCode !== (shown.wasteCode ?? '')) said.wasteCode = more.wasteCode.trim() || null;
    if (more.hazardous !== (shown.hazardous === null ? '' : String(shown.hazardous))) said.hazardous = more.hazardous === '' ? null : more.hazardous === 'true';
    if (more.provenance !== (shown.provenance ?? '')) said.provenance = more.provenance || null;
    if (more.contractEndsOn !== (shown.contractEndsOn ?? '')) said.contractEndsOn = more.contractEndsOn || null;
    if (more.reach !== shown.reach) said.reach = more.reach;
    if (more.withheld !== shown.withheld) said.withheld = more.withheld;
    if (JSON.stringify(quality) !== JSON.stringify(qualityBefore)) said.quality = qualityBody(quality, attributes);
    // A category of another unit asks for the amount anew.
    if (lot !== lotBefore || (lot !== '' && typed.category !== shown.category)) said.minimumLot = lot.trim() === '' ? null : { value: typedNumber(lot) ?? 0, unit: lotUnit, ...(hasPeriod(lotUnit) ? { period: 'year' } : {}) };
    return said;
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const found = [...plainErrors(typed), ...(Number.isNaN(typedNumber(lot)) ? [{ field: 'minimumLot.value', code: 'not-a-number' }] : [])];
    if (found.length > 0) return saving.refuse(Object.fromEntries(found.map(({ field, code }) => [field, fieldText(words, { code, expected: '' })])));
    return saving.saveOver((version) => api.PATCH('/api/flows/{id}', { params: { path: { id: flow.id }, header: { 'If-Match': `"${version}"` } }, body: patch() }), () => {
      notices.well(words.t('forms.saved'));
      onDone();
    });
  };
  return (
    <form className="form editor" onSubmit={(event) => void submit(event)} noValidate>
      <FlowFields typed={typed} onChange={(part) => setTyped((old) => ({ ...old, ...part }))} categories={categories} errors={saving.errors} />
      <QualityFields attributes={decisive} typed={quality} onChange={setQuality} errors={saving.errors} />
      <TextInput label={words.t('companies.flow.minimumLot', { unit: hasPeriod(lotUnit) ? words.t('lead.aYear', { quantity: words.of('unit', lotUnit) }) : words.of('unit', lotUnit) })} description={words.t(typed.direction === 'output' ? 'companies.flow.minimumLot.output' : 'companies.flow.minimumLot.input')} inputWrapperOrder={['label', 'input', 'description', 'error']} inputMode="text" value={lot} error={saving.errors['minimumLot.value'] ?? saving.errors['minimumLot']} onChange={(event) => setLot(event.currentTarget.value)} />
      <NativeSelect label={words.t('companies.flow.provenance')} value={more.provenance} error={saving.errors['provenance']} onChange={set('provenance')} data={[{ value: '', label: words.t('provenance.unknown') }, ...PROVENANCES.map((value) => ({ value, label: words.t(`provenance.${value}`) }))]} />
      <TextInput type="date" label={words.t('companies.flow.contractEnds')} value={more.contractEndsOn} error={saving.errors['contractEndsOn']} onChange={set('contractEndsOn')} />
      <TextInput label={words.t('lead.wasteCode')} placeholder="02 07 04" inputMode="numeric" value={more.wasteCode} error={saving.errors['wasteCode']} onChange={set('wasteCode')} />
      <NativeSelect label={words.t('companies.flow.hazardous')} value={more.hazardous} error={saving.errors['hazardous']} onChange={set('hazardous')} data={[{ value: '', label: words.t('forms.unknown') }, ...HAZARDS.map((value) => ({ value, label: words.t(value === 'true' ? 'forms.yes' : 'forms.no') }))]} />
      <NativeSelect label={words.t('companies.flow.reach')} value={more.reach} error={saving.errors['reach']} onChange={set('reach')} data={REACHES.map((value) => ({ value, label: words.t(`companies.flow.reach.${value}`) }))} />
      <Checkbox mt={28} label={words.t('companies.flow.withhold')} checked={more.withheld} onChange={(event) => { const { checked } = event.currentTarget; setMore((old) => ({ ...old, withheld: checked })); }} />
      {saving.stale && <StaleNotice text={saving.stale} onLoad={onReload} />}
      <SaveBar saving={saving} label={words.t(saving.stale ? 'forms.stale.save' : 'forms.save')} onCancel={onCancel} />
    </form>
  );
}
