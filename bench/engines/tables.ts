import { EARTH_KM, type LiveFlows, type Work } from '../work.js';

/** A column of a table for the SQL engines. `null`: unknown. */
export interface Column {
  name: string;
  type: 'integer' | 'double precision' | 'integer[]' | 'double precision[]';
  value(row: number): number | null | number[] | (number | null)[];
}

export interface Table {
  name: string;
  rows: number;
  columns: Column[];
}

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** Squared chord of a distance on the unit sphere: what SQL compares squared differences with, without a root or an arc. */
export function squaredChord(km: number): number {
  return km >= Math.PI * EARTH_KM ? 4 : (2 * Math.sin(km / (2 * EARTH_KM))) ** 2;
}

/** The work as three tables: what a database would keep for it, laid out as well as can be. */
export function tablesOf(work: Work): Table[] {
  const { outputs, inputs, entries, kernel: { snapshot } } = work;
  const number = (name: string, values: ArrayLike<number>): Column => ({ name, type: 'double precision', value: (row) => known(values[row]) });
  const whole = (name: string, values: ArrayLike<number>): Column => ({ name, type: 'integer', value: (row) => values[row] });
  const flowColumns = (flows: LiveFlows): Column[] => [
    number('lat', flows.latitude), number('lon', flows.longitude), number('x', flows.x), number('y', flows.y), number('z', flows.z),
    number('q', flows.quantity), number('lot', flows.minimumLot), number('pooled', flows.pooled), whole('months', flows.months), whole('day', flows.day),
    number('penalty', flows.penalty), whole('owner', flows.owner), number('pipe_soft', flows.pipeSoftKm), number('pipe_hard', flows.pipeHardKm),
  ];
  const blocked = new Map<number, number[]>();
  for (const key of work.blocked) {
    const output = Math.floor(key / snapshot.inputs.count);
    blocked.set(output, [...(blocked.get(output) ?? []), key % snapshot.inputs.count]);
  }
  const rules = entries.flatMap((list, kind) => list.map((entry) => ({ kind, ...entry })));
  const ofRule = (name: string, value: (rule: (typeof rules)[number]) => number): Column => ({ name, type: 'double precision', value: (row) => value(rules[row]) });
  return [
    {
      name: 'outputs', rows: outputs.count,
      columns: [
        whole('o', outputs.flow), whole('kind', outputs.kind), ...flowColumns(outputs), number('own_loss', outputs.ownLoss),
        { name: 'blocked', type: 'integer[]', value: (row) => blocked.get(outputs.flow[row]) ?? null },
      ],
    },
    {
      name: 'inputs', rows: inputs.count,
      columns: [
        whole('i', inputs.flow), whole('cat', inputs.kind), { name: 'variant', type: 'integer', value: (row) => inputs.variant[row] + 1 }, ...flowColumns(inputs),
        { name: 'ring2', type: 'double precision', value: (row) => squaredChord(inputs.ringKm[row]) },
      ],
    },
    {
      name: 'entries', rows: rules.length,
      columns: [
        { name: 'kind', type: 'integer', value: (row) => rules[row].kind }, { name: 'cat', type: 'integer', value: (row) => rules[row].category },
        { name: 'constants', type: 'double precision[]', value: (row) => Array.from(rules[row].constants, known) },
        ofRule('best', ({ best }) => (Number.isFinite(best) ? best : -1e9)), ofRule('yield', (rule) => rule.yield), ofRule('soft', ({ softKm }) => softKm), ofRule('hard', ({ hardKm }) => hardKm),
        ofRule('soft_factor', ({ softFactor }) => softFactor), ofRule('hard_factor', ({ hardFactor }) => hardFactor),
      ],
    },
  ];
}
