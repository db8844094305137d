import type { FlowFields, FlowValues } from './flow-draft.js';
import type { Flow } from './flows.entities.js';

/** A flow as a version keeps it: every column that means something, where it is and whether it was withdrawn. */
export interface FlowVersionData extends FlowValues {
  siteId: string;
  companyId: string;
  /** ISO 8601; null: stands. */
  withdrawnAt: string | null;
}

/** The columns that its words decide, of a stored flow. */
export function valuesOf(flow: FlowValues): FlowValues {
  return {
    ref: flow.ref, direction: flow.direction, category: flow.category, categoryOrigin: flow.categoryOrigin, description: flow.description,
    quantity: flow.quantity, quantityEntered: flow.quantityEntered, provenance: flow.provenance, minimumLot: flow.minimumLot, months: flow.months,
    quality: flow.quality, hazardous: flow.hazardous, wasteCode: flow.wasteCode, wasteCodeOrigin: flow.wasteCodeOrigin,
    wasteCodeConfidence: flow.wasteCodeConfidence, wish: flow.wish, withheld: flow.withheld, reach: flow.reach, sourcing: flow.sourcing,
    presentOutlet: flow.presentOutlet, presentCost: flow.presentCost, contractEndsOn: flow.contractEndsOn, confirmedOn: flow.confirmedOn,
  };
}

/** What `flow_version.data` holds, whoever writes it. */
export function versionData(values: FlowValues, place: { siteId: string; companyId: string; withdrawnAt: Date | null }): FlowVersionData {
  return { ...valuesOf(values), siteId: place.siteId, companyId: place.companyId, withdrawnAt: place.withdrawnAt?.toISOString() ?? null };
}

/** Same values, whatever the order of the quality attributes. */
export function sameValues(one: FlowValues, other: FlowValues): boolean {
  const canonical = (flow: FlowValues): string => JSON.stringify({ ...valuesOf(flow), quality: Object.entries(flow.quality).sort(([a], [b]) => (a < b ? -1 : 1)) });
  return canonical(one) === canonical(other);
}

/** What may be changed of a flow: absent keeps, null (or blank) clears. Direction and reference never change. */
export type FlowPatch = Partial<Omit<FlowFields, 'ref' | 'direction'>>;

/**
 * The flow's words as they stand, with a change applied: ready to be drafted anew.
 * Quantities that are not part of the change are left out, since they are kept as they are: see `keepQuantities`.
 */
export function patchedFields(flow: Flow, patch: FlowPatch): FlowFields {
  const codeChanges = patch.wasteCode !== undefined && (patch.wasteCode ?? '') !== (flow.wasteCode ?? '');
  const standing: FlowFields = {
    ref: flow.ref,
    direction: flow.direction,
    category: flow.category,
    description: flow.description,
    provenance: flow.provenance,
    months: flow.months === null ? null : Array.from({ length: 12 }, (_, month) => month + 1).filter((month) => (flow.months ?? 0) & (1 << (month - 1))),
    quality: flow.quality,
    // A new code says anew whether the flow is hazardous; only a yes stands against it until somebody says no.
    hazardous: codeChanges && flow.hazardous !== true ? null : flow.hazardous,
    wasteCode: flow.wasteCode,
    wasteCodeOrigin: codeChanges ? null : flow.wasteCodeOrigin,
    wasteCodeConfidence: codeChanges ? null : flow.wasteCodeConfidence,
    wish: flow.wish,
    withheld: flow.withheld,
    reach: flow.reach,
    sourcing: flow.sourcing,
    presentOutlet: flow.presentOutlet,
    presentCost: flow.presentCost,
    contractEndsOn: flow.contractEndsOn,
    confirmedOn: flow.confirmedOn,
  };
  return { ...standing, ...Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) };
}

/** The drafted values with the quantities that the change did not speak of, and the origin of a category that it did not. */
export function keepUnspoken(values: FlowValues, flow: Flow, patch: FlowPatch): FlowValues {
  return {
    ...values,
    ...(patch.category === undefined ? { category: flow.category, categoryOrigin: flow.categoryOrigin } : {}),
    ...(patch.quantity === undefined ? { quantity: flow.quantity, quantityEntered: flow.quantityEntered } : {}),
    ...(patch.minimumLot === undefined ? { minimumLot: flow.minimumLot } : {}),
    // Standing facts that were entered before a rule became stricter or a slug was replaced are not lost by an edit elsewhere.
    ...(patch.description === undefined ? { description: flow.description } : {}),
  };
}
