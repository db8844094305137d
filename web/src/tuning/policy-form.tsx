import { Accordion, Button, Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { type MessageKey, useWords } from '../words';
import { Dial } from './dial';
import { numberAt, type PolicyDocument, type TunedCategory, valueAt, withValue } from './document';

interface Props {
  document: PolicyDocument;
  /** The active version's. */
  active: PolicyDocument;
  categories: TunedCategory[];
  target: string | null;
  onTarget(target: string | null): void;
  onChange(document: PolicyDocument): void;
}

/** Path, smallest, greatest and step of the usual range. */
type Field = readonly [path: string, min: number, max: number, step: number];
const THRESHOLD: readonly Field[] = [['thresholdPoints', -40, 60, 1], ['budget.weeklyMinutes', 0, 120, 5], ['budget.reviewMinutes', 0.5, 10, 0.5]];
const CAPS: readonly Field[] = [['caps.perCompany', 1, 10, 1], ['caps.perFlow', 1, 10, 1], ['caps.perSubstitution', 0, 1, 0.05], ['caps.wishNotAsked', 0, 1, 0.05]];
const GATES: readonly Field[] = [['gates.maximumAgeDays', 30, 2000, 10], ['gates.ringKm.local', 5, 300, 5], ['gates.ringKm.regional', 50, 600, 10], ['gates.ringKm.national', 300, 1500, 50]];
const WEIGHTS: readonly Field[] = ['category', 'distance', 'small', 'large', 'season', 'age', 'regulation', 'evidence', 'treatment', 'unknownQuantity', 'unknownMonths'].map((name) => [`weights.${name}`, 0, 4, 0.05]);
const CHOICES = { 'gates.noAgreement': ['hide', 'sign-first'], 'gates.hazardPermitUnknown': ['hide', 'question'] } as const;

/** Everything that an analyst may move. */
export function PolicyForm({ document, active, categories, target, onTarget, onChange }: Props): ReactNode {
  const words = useWords();
  const dials = (fields: readonly Field[]): ReactNode => fields.map(([path, min, max, step]) => (
    <Dial key={path} label={words.t(`tuning.field.${path}` as MessageKey)} value={numberAt(document, path) ?? 0} now={numberAt(active, path) ?? 0} min={min} max={max} step={step} onChange={(value) => onChange(withValue(document, path, value))} />
  ));
  return (
    <div className="policy-form">
      <section className="block"><h2>{words.t('tuning.section.threshold')}</h2>{dials(THRESHOLD)}</section>
      <section className="block"><h2>{words.t('tuning.section.place')}</h2><Override {...{ document, active, categories, target, onTarget, onChange }} /></section>
      <Accordion variant="contained" multiple order={2}>
        <Accordion.Item value="caps"><Accordion.Control>{words.t('tuning.section.caps')}</Accordion.Control><Accordion.Panel>{dials(CAPS)}</Accordion.Panel></Accordion.Item>
        <Accordion.Item value="gates">
          <Accordion.Control>{words.t('tuning.section.gates')}</Accordion.Control>
          <Accordion.Panel>
            {dials(GATES)}
            {Object.entries(CHOICES).map(([path, choices]) => (
              <Select key={path} size="xs" mb="xs" allowDeselect={false} label={words.t(`tuning.field.${path}` as MessageKey)} value={String(valueAt(document, path))} data={choices.map((value) => ({ value, label: words.of('tuning.choice', value) }))}
                onChange={(value) => value && onChange(withValue(document, path, value))} />
            ))}
          </Accordion.Panel>
        </Accordion.Item>
        <Accordion.Item value="weights"><Accordion.Control>{words.t('tuning.section.weights')}</Accordion.Control><Accordion.Panel>{dials(WEIGHTS)}</Accordion.Panel></Accordion.Item>
      </Accordion>
    </div>
  );
}

const FACTORS = { min: 0.05, max: 4, step: 0.05 };

/** Radius and threshold of one family or category; what is not set there is taken from the level above. */
function Override({ document, active, categories, target, onTarget, onChange }: Props): ReactNode {
  const words = useWords();
  const families = [...new Set(categories.map(({ family }) => family))].sort();
  const category = target?.startsWith('categories.') ? categories.find(({ slug }) => `categories.${slug}` === target) : undefined;
  /** The value that counts: the category's own, else its family's, else the default. */
  const counting = (from: PolicyDocument, name: string, otherwise: number): number =>
    numberAt(from, `${target}.${name}`) ?? (category ? numberAt(from, `families.${category.family}.${name}`) : undefined) ?? otherwise;
  const distance = (name: 'softDistanceFactor' | 'hardDistanceFactor', base: number | undefined, plain: MessageKey, factor: MessageKey): ReactNode => {
    const km = base !== undefined && category?.byQuantity !== true ? base : 1;
    return (
      <Dial label={words.t(km === 1 ? factor : plain)} value={counting(document, name, 1) * km} now={counting(active, name, 1) * km} min={FACTORS.min * km} max={FACTORS.max * km} step={km === 1 ? FACTORS.step : 1}
        onChange={(value) => onChange(withValue(document, `${target}.${name}`, Math.round((value / km) * 10_000) / 10_000))} />
    );
  };
  const set = target !== null && valueAt(document, target) !== undefined;
  return (
    <>
      <Select size="xs" mb="xs" searchable clearable label={words.t('tuning.target')} placeholder={words.t('tuning.target.choose')} value={target} onChange={onTarget}
        data={[
          { group: words.t('tuning.target.families'), items: families.map((family) => ({ value: `families.${family}`, label: words.of('family', family) })) },
          { group: words.t('tuning.target.categories'), items: categories.map(({ slug, label }) => ({ value: `categories.${slug}`, label: label[words.language] })).sort((a, b) => a.label.localeCompare(b.label, words.language)) },
        ]} />
      {target !== null && (
        <>
          {category && <p className="muted">{words.t('tuning.target.known', { outputs: category.outputs, inputs: category.inputs, decisions: category.decisions })}</p>}
          {category?.byQuantity && <p className="muted">{words.t('tuning.byQuantity')}</p>}
          {distance('hardDistanceFactor', category?.hardKm, 'tuning.hard', 'tuning.hardFactor')}
          {distance('softDistanceFactor', category?.softKm, 'tuning.soft', 'tuning.softFactor')}
          <Dial label={words.t('tuning.ownThreshold')} value={counting(document, 'thresholdPoints', numberAt(document, 'thresholdPoints') ?? 0)} now={counting(active, 'thresholdPoints', numberAt(active, 'thresholdPoints') ?? 0)} min={-40} max={60} step={1}
            onChange={(value) => onChange(withValue(document, `${target}.thresholdPoints`, value))} />
          {set && <Button size="compact-xs" variant="default" onClick={() => onChange(without(document, target))}>{words.t('tuning.useDefault')}</Button>}
        </>
      )}
    </>
  );
}

function without(document: PolicyDocument, target: string): PolicyDocument {
  const [level, slug] = target.split('.');
  const inner = document[level];
  if (typeof inner !== 'object') return document;
  const { [slug]: _gone, ...rest } = inner;
  return { ...document, [level]: rest };
}
