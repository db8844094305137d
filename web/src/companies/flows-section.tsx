import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, sendSignedIn, type Session } from '../api/client';
import { asProblem } from '../api/problem';
import { type Category, type FlowView, monthsOf } from '../flow-form/typed-flow';
import { qualityText } from '../flow-form/quality-fields';
import { type QualityAttribute, useCategories, useQualityAttributes } from '../flow-form/use-categories';
import { refusalText } from '../forms/use-saving';
import { useNotices } from '../notices';
import { useWords, type Words } from '../words';
import { FlowEditor } from './flow-editor';
import { LeadMaker } from './lead-maker';
import { type CompanyView, companyKey, flowsQuery } from './queries';
import { staleFlowText } from './stale-text';

const DAY_MS = 86_400_000;
/** From here on a flow is worth asking about again. */
const OLD_DAYS = 365;

/** A company's flows: how fresh each is, and what can be done with it in one click. */
export function FlowsSection({ company, session }: { company: CompanyView; session: Session }): ReactNode {
  const words = useWords();
  const [withdrawn, setWithdrawn] = useState(false);
  const flows = useQuery(flowsQuery(company.id, withdrawn));
  const { data: categories = [] } = useCategories();
  const mayEdit = session.permissions.includes('flow.edit') && company.mergedIntoId === null;
  return (
    <section className="block" aria-labelledby="flows">
      <div className="block-head">
        <h2 id="flows">{words.t(withdrawn ? 'companies.flows.withdrawn' : 'companies.flows')}</h2>
        <button type="button" className="link-button no-print" aria-pressed={withdrawn} onClick={() => setWithdrawn(!withdrawn)}>{words.t(withdrawn ? 'companies.flows.showStanding' : 'companies.flows.showWithdrawn')}</button>
      </div>
      {flows.error && <p className="field-error" role="alert">{refusalText(words, asProblem(flows.error))}</p>}
      {flows.data?.length === 0 && <p className="hint">{words.t(withdrawn ? 'companies.flows.noneWithdrawn' : 'companies.flows.none')}</p>}
      <ul className="items">
        {(flows.data ?? []).map((flow) => <FlowItem key={flow.id} flow={flow} company={company} categories={categories} mayEdit={mayEdit} mayMake={session.permissions.includes('candidate.make') && mayEdit} />)}
      </ul>
    </section>
  );
}

interface ItemProps {
  flow: FlowView;
  company: CompanyView;
  categories: readonly Category[];
  mayEdit: boolean;
  mayMake: boolean;
}

type Act = 'confirm' | 'withdraw' | 'restore';

function FlowItem({ flow, company, categories, mayEdit, mayMake }: ItemProps): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const [open, setOpen] = useState<'edit' | 'lead' | null>(null);
  const [busy, setBusy] = useState<Act | null>(null);
  const [reloads, setReloads] = useState(0);
  const category = categories.find(({ slug }) => slug === flow.category);
  const { data: attributes = [] } = useQualityAttributes();
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: companyKey(company.id) });
  const act = async (what: Act): Promise<void> => {
    setBusy(what);
    const at = { params: { path: { id: flow.id }, header: { 'If-Match': `"${flow.version}"` } } };
    const request = { confirm: () => api.POST('/api/flows/{id}/confirm', at), withdraw: () => api.POST('/api/flows/{id}/withdraw', at), restore: () => api.POST('/api/flows/{id}/restore', at) }[what];
    try {
      await sendSignedIn(request);
      notices.well(words.t(`companies.flow.done.${what}`));
    } catch (error) {
      const problem = asProblem(error);
      notices.bad(problem.status === 412 ? await staleFlowText(words, flow.id) : refusalText(words, problem));
    } finally {
      await refresh();
      setBusy(null);
    }
  };
  const standing = flow.withdrawnAt === null;
  const age = Math.round((Date.now() - Date.parse(`${flow.confirmedOn}T12:00:00`)) / DAY_MS);
  return (
    <li className={`flow-item ${flow.direction}`}>
      <div className="item-head"><span>{flow.description || category?.label[words.language]}</span><span className="number">{flow.quantity === null ? words.t('lead.quantityUnknown') : words.yearly(flow.quantity, category?.baseUnit ?? '')}</span></div>
      <div className="item-facts">{facts(words, flow, category, company, attributes).join(' · ')}</div>
      <div className="flow-foot">
        <span className={`mark ${standing && age > OLD_DAYS ? 'bad' : ''}`}>{ageText(words, age)}</span>
        {flow.wish !== 'yes' && <span className="mark">{words.pair(words.t('lead.wish'), words.of('wish', flow.wish ?? 'unknown'))}</span>}
        {flow.categoryOrigin === 'suggested' && <span className="mark bad">{words.t('companies.flow.categorySuggested')}</span>}
        {mayEdit && (
          <span className="buttons no-print">
            {standing && <Button size="compact-sm" variant="default" loading={busy === 'confirm'} onClick={() => void act('confirm')}>{words.t('companies.flow.confirm')}</Button>}
            {standing && <Button size="compact-sm" variant="default" aria-expanded={open === 'edit'} onClick={() => setOpen(open === 'edit' ? null : 'edit')}>{words.t('forms.edit')}</Button>}
            {standing && mayMake && <Button size="compact-sm" variant="default" aria-expanded={open === 'lead'} onClick={() => setOpen(open === 'lead' ? null : 'lead')}>{words.t('companies.lead.make')}</Button>}
            {standing ? <Button size="compact-sm" variant="subtle" color="gray" loading={busy === 'withdraw'} onClick={() => void act('withdraw')}>{words.t('companies.flow.withdraw')}</Button>
              : <Button size="compact-sm" variant="default" loading={busy === 'restore'} onClick={() => void act('restore')}>{words.t('companies.flow.restore')}</Button>}
          </span>
        )}
      </div>
      {open === 'edit' && <FlowEditor key={reloads} flow={flow} categories={categories} onDone={() => { setOpen(null); void refresh(); }} onReload={async () => { await refresh(); setReloads(reloads + 1); }} onCancel={() => setOpen(null)} />}
      {open === 'lead' && <LeadMaker flow={flow} onClose={() => setOpen(null)} />}
    </li>
  );
}

function ageText(words: Words, days: number): string {
  return days < 60 ? words.t('lead.ageDays', { days: Math.max(0, days) }) : words.t('lead.ageMonths', { months: Math.round(days / 30.4) });
}

function facts(words: Words, flow: FlowView, category: Category | undefined, company: CompanyView, attributes: readonly QualityAttribute[]): string[] {
  const months = monthsOf(flow.months);
  return [
    words.t(flow.direction === 'output' ? 'lead.output' : 'lead.input'),
    category && flow.description ? category.label[words.language] : null,
    company.sites.length > 1 ? flow.place.siteName ?? flow.place.commune : null,
    months.length === 12 || months.length === 0 ? null : months.map((month) => words.months[month - 1]).join(', '),
    ...attributes.flatMap((attribute) => { const value = flow.quality[attribute.slug]; return value === undefined ? [] : [qualityText(words, attribute, value)]; }),
    flow.minimumLot === null ? null : words.t('companies.flow.minimumLotIs', { quantity: words.yearly(flow.minimumLot, category?.baseUnit ?? '') }),
    flow.presentOutlet,
    flow.presentCost === null ? null : words.t('lead.unitCost', { cost: words.number(flow.presentCost, { style: 'currency', currency: 'EUR', maximumFractionDigits: 2 }), unit: words.of('unit', category?.baseUnit ?? '') }),
    flow.wasteCode && `${words.t('lead.wasteCode')} ${flow.wasteCode.replace(/(..)(..)(..)/, '$1 $2 $3')}${flow.hazardous ? '*' : ''}`,
    flow.withheld ? words.t('companies.flow.withheld') : null,
  ].filter((fact): fact is string => Boolean(fact));
}
