import { distanceKm, unitVector } from '../src/matching/kernel/geodesy.js';
import { type Gate, GATES } from '../src/matching/kernel/gates.js';
import { prepare, type Prepared } from '../src/matching/kernel/kernel-input.js';
import { judge, type Verdict } from '../src/matching/kernel/match.js';
import { RADIUS_KM, type ReadFlow, type TrackInput } from './quality-snapshot.js';

/** Below every pair that passes the gates: those have the logarithm of a probability. */
const GATED = -1000;
const KM_PER_DEGREE = 111.2;

export interface ScoredTrack {
  pairs: number;
  passed: number;
  /** Of pairs that no reading of the two flows lets through: the gate that stopped the surest reading. */
  gates: Partial<Record<Gate, number>>;
}

export interface ScoringParts {
  judge: (kernel: Prepared, output: number, input: number) => Verdict;
  /** Likeness of what two flows say, 0 to 1. */
  likeness: (output: number, need: number) => number;
}

/**
 * Gates and score of every pair within the radius. A flow whose category is not sure is judged once for each leaf that it may
 * be; the pair's score is the logarithm of the probability over all of these readings, in which a refused one counts nothing.
 * @param write gets flow indexes and a finite score, the higher the better
 */
export function scoreTrack(
  { input, outputStart, needStart }: TrackInput, outputs: readonly ReadFlow[], needs: readonly ReadFlow[], parts: ScoringParts,
  write: (output: number, need: number, score: number) => void,
): ScoredTrack {
  const kernel = prepare(input);
  const places = { outputs: flowPlaces(outputs), needs: flowPlaces(needs) };
  const byLatitude = needs.map((_, need) => need).sort((a, b) => needs[a].site.latitude - needs[b].site.latitude);
  const result: ScoredTrack = { pairs: 0, passed: 0, gates: {} };
  outputs.forEach((flow, output) => {
    const { latitude } = flow.site;
    for (const need of byLatitude) {
      const apart = needs[need].site.latitude - latitude;
      if (apart > RADIUS_KM / KM_PER_DEGREE + 0.1) break;
      if (apart < -RADIUS_KM / KM_PER_DEGREE - 0.1) continue;
      const km = distanceKm(places.outputs, output, places.needs, need);
      if (km > RADIUS_KM) continue;
      let probability = 0;
      let stopped: Gate | null = null;
      for (let row = outputStart[output]; row < outputStart[output + 1]; row += 1) {
        const sureOutput = flow.hypotheses[row - outputStart[output]].confidence;
        for (let at = needStart[need]; at < needStart[need + 1]; at += 1) {
          const verdict = kernel.outputOwner[row] === kernel.inputOwner[at] ? 'same-company' : parts.judge(kernel, row, at);
          if (typeof verdict === 'string') stopped ??= verdict;
          else probability += (sureOutput * needs[need].hypotheses[at - needStart[need]].confidence) / (1 + Math.exp(-verdict.z));
        }
      }
      result.pairs += 1;
      const likeness = parts.likeness(output, need);
      if (probability > 0) {
        result.passed += 1;
        write(output, need, Math.log(probability) + likeness);
      } else {
        const gate = stopped ?? 'no-substitution';
        result.gates[gate] = (result.gates[gate] ?? 0) + 1;
        write(output, need, GATED + likeness - km / RADIUS_KM);
      }
    }
  });
  return result;
}

/** The kernel's own verdict; categories that do not know each other are not looked at twice. */
export function kernelVerdict(kernel: Prepared, output: number, input: number): Verdict {
  const { outputs, inputs } = kernel.snapshot;
  const known = kernel.knowledge.pairs.has(outputs.category[output] * kernel.knowledge.categories.length + inputs.category[input]);
  return known ? judge(kernel, output, input) : 'no-substitution';
}

/** Gates in their order, with what they stopped. */
export function gateRows(gates: ScoredTrack['gates']): { gate: Gate; pairs: number }[] {
  return GATES.flatMap((gate) => (gates[gate] ? [{ gate, pairs: gates[gate] }] : []));
}

function flowPlaces(flows: readonly ReadFlow[]): Float64Array {
  return Float64Array.from(flows.flatMap(({ site }) => unitVector(site.latitude, site.longitude)));
}
