import type { ResourceCategory } from '../resources/resource-catalogue.js';

/** What of a category decides how far its flows go. */
export type CategoryReach = Pick<ResourceCategory, 'hardDistanceKm' | 'pipeReach'>;

/**
 * Hard distance of a pair in km before the policy's factors: the shorter of the two categories' own; in a pipe, by the
 * quantity of the side that says so, an unknown one counting as the smallest. The kernel's `reachOf` for stored flows; a
 * test holds the two together.
 * @param outputQuantity base unit a year; null unknown
 */
export function hardReachKm(output: CategoryReach, input: CategoryReach, outputQuantity: number | null, inputQuantity: number | null): number {
  const pipe = output.pipeReach ?? input.pipeReach;
  if (pipe === undefined || pipe.length === 0) return Math.min(output.hardDistanceKm, input.hardDistanceKm);
  const quantity = output.pipeReach ? outputQuantity : inputQuantity;
  const row = pipe.find(({ upTo }) => quantity === null || upTo === null || quantity <= upTo) ?? pipe[pipe.length - 1];
  return row.hardKm;
}
