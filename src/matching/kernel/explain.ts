import { bestSubstitution, factsOf, type Gate, gatesOf, refusalsOf, type Ring, ringOf } from './gates.js';
import { type KernelInput, prepare } from './kernel-input.js';
import { thresholdOf } from './match.js';
import { probabilityOf } from './model.js';
import { type Part, partsOf } from './parts.js';
import { type Features, featuresOf, openQuestions, termsOf } from './score.js';

/** Everything about one pair, whether it may be listed or not. */
export interface PairExplanation {
  /** All gates that it fails, in their order; empty: it may be listed. */
  gates: Gate[];
  /** Slugs of the refusals that hold. */
  refusals: string[];
  distanceKm: number;
  ring: Ring | null;
  thresholdPoints: number;
  /** Null when no substitution knows the two categories, or the conditions of all fail. */
  score: { substitution: string; z: number; points: number; probability: number | null; features: Features; parts: Part[]; questions: string[] } | null;
}

/**
 * Gates and score of one pair by the very definitions of the loops.
 * @throws RangeError for an index that the snapshot does not have, and what `prepare` throws
 */
export function explainPair(input: KernelInput, output: number, at: number): PairExplanation {
  const kernel = prepare(input);
  const { outputs, inputs } = kernel.snapshot;
  if (!Number.isInteger(output) || output < 0 || output >= outputs.count) throw new RangeError(`output: found ${output}, expected an index below ${outputs.count}`);
  if (!Number.isInteger(at) || at < 0 || at >= inputs.count) throw new RangeError(`input: found ${at}, expected an index below ${inputs.count}`);
  const facts = factsOf(kernel, output, at);
  const best = bestSubstitution(kernel, output, at, facts);
  const gates = gatesOf(kernel, output, at, facts);
  const features = best && featuresOf(kernel, output, at, best.substitution, facts.km);
  return {
    gates, distanceKm: facts.km, ring: ringOf(kernel, facts.km), thresholdPoints: thresholdOf(kernel, output),
    refusals: refusalsOf(kernel, output, at).map((refusal) => refusal.slug),
    score: best && features && {
      substitution: best.substitution.slug, z: best.z, probability: probabilityOf(best.z, kernel.model), features,
      ...partsOf(termsOf(kernel, features)), questions: openQuestions(kernel, output, at, best.substitution).codes,
    },
  };
}
