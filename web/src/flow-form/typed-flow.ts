import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type Category = Schemas['CategoryView'];
export type FlowBody = Schemas['FlowPatchBody'];
export type FlowView = Schemas['FlowView'];
export type Direction = FlowView['direction'];
export type Wish = NonNullable<FlowView['wish']>;

/** A flow as it stands in the fields of a form: texts as typed. */
export interface TypedFlow {
  direction: Direction;
  /** The company's own words; categories are suggested from them. */
  description: string;
  /** Slug. */
  category: string | null;
  amount: string;
  unit: string;
  period: string;
  /** 1 to 12; none: not known. */
  months: number[];
  wish: Wish | null;
  presentOutlet: string;
  presentCost: string;
}

export const NO_FLOW: TypedFlow = { direction: 'output', description: '', category: null, amount: '', unit: '', period: 'year', months: [], wish: null, presentOutlet: '', presentCost: '' };
export const PERIODS = ['year', 'month', 'week', 'day'] as const;
/** What the API calls the fields of this form. */
export const FLOW_FIELDS = ['category', 'description', 'quantity', 'quantity.value', 'quantity.unit', 'quantity.period', 'months', 'wish', 'presentOutlet', 'presentCost', 'direction'] as const;

const UNITS: Readonly<Record<Category['baseUnit'], readonly string[]>> = {
  t: ['t', 'kg'], m3: ['m3', 'L'], MWh: ['MWh', 'kWh', 'GJ'], h: ['h', 'j'], piece: ['piece'], m2: ['m2', 'ha'],
};
/** Sizes, not rates: they have no period. */
const STOCK = new Set(['m2', 'ha']);

/** Units that a quantity of a category may be said in, the usual one first; all of them while no category is chosen. */
export function unitsOf(category: Category | undefined): readonly string[] {
  if (!category) return Object.values(UNITS).flat();
  const more = !category.hasDensity ? [] : category.baseUnit === 't' ? UNITS.m3 : category.baseUnit === 'm3' ? UNITS.t : [];
  return [...UNITS[category.baseUnit], ...more];
}

export function hasPeriod(unit: string): boolean {
  return !STOCK.has(unit);
}

/** A number as people here write it, `1 234,5`; null: none, NaN: not one. */
export function typedNumber(text: string): number | null {
  const plain = text.replace(/[\s\u00a0\u202f'’]/gu, '').replace(',', '.');
  return plain === '' ? null : /^[-+]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
}

/** What can be told without the server, by the API's names of fields and codes. */
export function plainErrors(typed: TypedFlow): { field: string; code: string }[] {
  const [amount, cost] = [typedNumber(typed.amount), typedNumber(typed.presentCost)];
  return [
    ...(typed.description.trim() === '' && typed.category === null ? [{ field: 'category', code: 'category-missing' }] : []),
    ...(amount === null ? [] : Number.isNaN(amount) ? [{ field: 'quantity.value', code: 'not-a-number' }] : amount <= 0 ? [{ field: 'quantity.value', code: 'not-positive' }] : []),
    ...(cost !== null && Number.isNaN(cost) ? [{ field: 'presentCost', code: 'not-a-number' }] : []),
  ];
}

/** What is sent of it; to be called when `plainErrors` finds none. */
export function flowBody(typed: TypedFlow, categories: readonly Category[]): FlowBody {
  const amount = typedNumber(typed.amount);
  const unit = typed.unit || unitsOf(categories.find(({ slug }) => slug === typed.category))[0] || 't';
  return {
    category: typed.category,
    description: typed.description.trim() || null,
    quantity: amount === null ? null : { value: amount, unit, ...(hasPeriod(unit) ? { period: typed.period } : {}) },
    months: typed.months.length === 0 ? null : typed.months,
    wish: typed.wish,
    presentOutlet: typed.presentOutlet.trim() || null,
    presentCost: typedNumber(typed.presentCost),
  };
}

/** Months of a mask, bit 0 January. */
export function monthsOf(mask: number | null): number[] {
  return mask === null ? [] : Array.from({ length: 12 }, (_unused, at) => at + 1).filter((month) => mask & (1 << (month - 1)));
}
