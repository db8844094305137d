import type { Prepared } from './kernel-input.js';
import { ownerOf } from './kernel-input.js';
import type { FlowArrays } from './snapshot.js';

type Numbers = Exclude<FlowArrays[keyof FlowArrays], number>;

/** Flows that came after a snapshot was made: edited ones in their new form, and new ones. Rows are appended and never change. */
export class ExtraFlows {
  /** As in a snapshot; `count` is the room there is, of which `used` rows are filled. */
  flows: FlowArrays;
  owner: Int32Array;
  /** Profile; -1: fails a gate by itself. */
  profile: Int32Array;
  used = 0;
  private attributes = 0;
  /** Index under which the rest of the world knows the flow. */
  readonly identity: number[] = [];
  readonly alive: boolean[] = [];

  constructor(private readonly like: FlowArrays, room = 64) {
    this.flows = this.grow(room, 4 * room);
    this.owner = new Int32Array(room);
    this.profile = new Int32Array(room).fill(-1);
  }

  /** @returns whether the arrays were replaced by longer ones */
  makeRoom(flow: FlowArrays): boolean {
    const entries = flow.attributeKey.length;
    if (this.used < this.flows.count && this.attributes + entries <= this.flows.attributeKey.length) return false;
    const before = this.flows;
    this.flows = this.grow(2 * before.count, 2 * before.attributeKey.length + entries);
    for (const field of FIELDS) (this.flows[field] as Float64Array).set(before[field] as Float64Array);
    const [owner, profile] = [this.owner, this.profile];
    this.owner = new Int32Array(this.flows.count);
    this.owner.set(owner);
    this.profile = new Int32Array(this.flows.count).fill(-1);
    this.profile.set(profile);
    return true;
  }

  /** Appends a flow for which there is room. @returns its row */
  add(flow: FlowArrays, identity: number): number {
    const row = this.used;
    for (const field of FIELDS) {
      if (field === 'attributeStart' || field === 'attributeKey' || field === 'attributeValue') continue;
      const width = field === 'place' ? 3 : 1;
      for (let part = 0; part < width; part += 1) this.flows[field][width * row + part] = flow[field][part];
    }
    this.flows.attributeKey.set(flow.attributeKey, this.attributes);
    this.flows.attributeValue.set(flow.attributeValue, this.attributes);
    this.flows.attributeStart[row] = this.attributes;
    this.attributes += flow.attributeKey.length;
    this.flows.attributeStart[row + 1] = this.attributes;
    this.owner[row] = ownerOf(flow, 0);
    this.identity.push(identity);
    this.alive.push(true);
    this.used += 1;
    return row;
  }

  private grow(count: number, entries: number): FlowArrays {
    const lengthOf = (field: Field): number =>
      field === 'place' ? 3 * count : field === 'attributeStart' ? count + 1 : field === 'attributeKey' || field === 'attributeValue' ? entries : count;
    const arrays = FIELDS.map((field) => [field, new (this.like[field].constructor as new (length: number) => Numbers)(lengthOf(field))]);
    return { ...(Object.fromEntries(arrays) as FlowArrays), count };
  }
}

type Field = Exclude<keyof FlowArrays, 'count'>;
const FIELDS: readonly Field[] = [
  'place', 'category', 'quantity', 'minimumLot', 'pooled', 'months', 'hazard', 'permit', 'wasteCode', 'codeOrigin', 'wish', 'agreement', 'withheld', 'provenance',
  'confirmedDay', 'company', 'group', 'site', 'territory', 'reach', 'sourcing', 'attributeStart', 'attributeKey', 'attributeValue',
];

/** The kernel with other flows on one or both sides. */
export function withFlows(kernel: Prepared, outputs: ExtraFlows | null, inputs: ExtraFlows | null): Prepared {
  return {
    ...kernel,
    snapshot: { ...kernel.snapshot, outputs: outputs?.flows ?? kernel.snapshot.outputs, inputs: inputs?.flows ?? kernel.snapshot.inputs },
    outputOwner: outputs?.owner ?? kernel.outputOwner, inputOwner: inputs?.owner ?? kernel.inputOwner, blocked: new Map(),
  };
}
