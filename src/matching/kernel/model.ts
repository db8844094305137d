import type { PolicyWeights } from '../policy.js';

/** What was learnt from decisions, beside the policy's expert values. Effects are in nats (log-odds). */
export interface Model {
  version: number;
  /** Added to the policy's intercept. */
  interceptShift: number;
  /** By slug of the substitution, and by family of the output; both are added (partial pooling happens in the fit). */
  groupEffects: Record<string, number>;
  familyEffects: Record<string, number>;
  /** By slug of the territory. */
  territoryOffsets: Record<string, number>;
  /** Weights that replace the policy's, all >= 0. */
  weights: Partial<PolicyWeights>;
  /** Null until calibrated on decisions made after the fit: then no probability is shown (promise P7). */
  calibration: { slope: number; intercept: number; decisions: number } | null;
}

/** Expert weights alone: version 0 of every territory. */
export const NEUTRAL_MODEL: Model = {
  version: 0, interceptShift: 0, groupEffects: {}, familyEffects: {}, territoryOffsets: {}, weights: {}, calibration: null,
};

/** σ(slope · z + intercept), or null while the model is not calibrated. */
export function probabilityOf(z: number, model: Model): number | null {
  if (model.calibration === null) return null;
  const { slope, intercept } = model.calibration;
  return 1 / (1 + Math.exp(-(slope * z + intercept)));
}
