import { distanceKm, unitVector } from '../src/matching/kernel/geodesy.js';
import { bestSubstitution, type Gate, GATES } from '../src/matching/kernel/gates.js';
import { prepare, type Prepared } from '../src/matching/kernel/kernel-input.js';
import { judge, type Verdict } from '../src/matching/kernel/match.js';
import { distanceOf, scoreOf } from '../src/matching/kernel/score.js';
import { distanceTerm } from '../src/matching/kernel/terms.js';
import type { Substitution } from '../src/resources/resource-catalogue.js';
import type { ReadFlow } from './quality-flows.js';
import { RADIUS_KM, SOFT_KM, type TrackInput } from './quality-snapshot.js';

/** Below every pair that passes the gates: those have the logarithm of a chance. */
const GATED = -1000;
/** A little less than a degree of latitude has. */
const KM_PER_DEGREE = 110;
/**
 * What distance takes from the utility beyond what it takes from the chance that an advisor accepts: places to go grow with the square
 * of the distance. Half of the synergies of the British programme lie within 33 km (Jensen et al. 2011), where a ninth of the places within
 * 100 km lie; about 3 would give that. It is set lower: the surest pairs of a territory are sure at any distance.
 */
const DISTANCE_WEIGHT = 2;
/** What likeness of the words adds to the logarithm of the chance: the first word in common says much, each further one less. */
const LIKENESS_WEIGHT = 7.5;
const LIKENESS_EXPONENT = 0.4;
/** Weight of the need's choice against the output's: a need has the more to choose from, and takes the fewer. */
const NEED_CHOICE = 0.6;

export interface ScoredTrack {
  pairs: number;
  passed: number;
  /** Of pairs that no reading of the two flows lets through: the gate that stopped the surest reading. */
  gates: Partial<Record<Gate, number>>;
  /** The same by what the track calls the category of both sides. */
  kinds: { output: string; need: string; pairs: number; passed: number }[];
}

export interface ScoringParts {
  judge: (kernel: Prepared, output: number, input: number) => Verdict;
  /** Likeness of what two flows say, 0 to 1. */
  likeness: (output: number, need: number) => number;
  /** Whether far pairs stand below near ones. */
  distance: boolean;
}

/**
 * Gates and score of every pair within the radius. A flow whose category is not sure is judged once for each leaf that it may
 * be: the pair's chance is the sum over all of these readings, in which a refused one counts nothing. Likeness of the words tells
 * apart pairs of the same leaves. A flow takes few partners, which the weekly list keeps by its caps a flow; a ranking of all
 * pairs keeps it by shares: the score is the logarithm of the chance that both sides choose each other, among all that each of
 * them could choose within the radius, or nobody (a weighted geometric mean of two multinomial logits).
 * @param write gets flow indexes and a finite score, the higher the better; pairs that no reading lets through lie below all others
 */
export function scoreTrack(
  track: TrackInput, outputs: readonly ReadFlow[], needs: readonly ReadFlow[], parts: ScoringParts, write: (output: number, need: number, score: number) => void,
): ScoredTrack {
  const kernel = prepare(track.input);
  const pairs = pairsWithin(outputs, needs);
  const utility = new Float64Array(pairs.length);
  const passes = new Uint8Array(pairs.length);
  const ofOutput = new Float64Array(outputs.length).fill(1);
  const ofNeed = new Float64Array(needs.length).fill(1);
  const result: ScoredTrack = { pairs: pairs.length, passed: 0, gates: {}, kinds: [] };
  const kinds = new Map<string, ScoredTrack['kinds'][number]>();
  pairs.forEach(({ output, need, km }, at) => {
    const { chance, stopped } = isEnergyIntoMatter(outputs[output], needs[need]) ? NO_WAY : readings(kernel, track, outputs[output], output, needs[need], need, parts.judge);
    const kind = `${outputs[output].kind} ${needs[need].kind}`;
    const row = kinds.get(kind) ?? { output: outputs[output].kind, need: needs[need].kind, pairs: 0, passed: 0 };
    kinds.set(kind, row);
    row.pairs += 1;
    const likeness = LIKENESS_WEIGHT * parts.likeness(output, need) ** LIKENESS_EXPONENT;
    if (chance > 0) {
      passes[at] = 1;
      result.passed += 1;
      row.passed += 1;
      utility[at] = Math.log(chance) + likeness + (parts.distance ? distanceTerm(DISTANCE_WEIGHT, km, SOFT_KM) : 0);
      ofOutput[output] += Math.exp(utility[at]);
      ofNeed[need] += Math.exp(utility[at]);
    } else {
      result.gates[stopped] = (result.gates[stopped] ?? 0) + 1;
      utility[at] = GATED + likeness - km / RADIUS_KM;
    }
  });
  pairs.forEach(({ output, need }, at) => {
    write(output, need, passes[at] === 1 ? utility[at] - (1 - NEED_CHOICE) * Math.log(ofOutput[output]) - NEED_CHOICE * Math.log(ofNeed[need]) : utility[at]);
  });
  result.kinds = [...kinds.values()].sort((a, b) => b.pairs - a.pairs);
  return result;
}

const NO_WAY: ReturnType<typeof readings> = { chance: 0, stopped: 'no-substitution' };

/** What is offered as energy is no raw material, whatever its words: the track says so of both sides. */
function isEnergyIntoMatter(output: ReadFlow, need: ReadFlow): boolean {
  return output.kind === 'energy' && need.kind === 'material';
}

/** Chance over all readings of two flows; where it is 0, the gate that stopped the surest reading. */
function readings(
  kernel: Prepared, { outputStart, needStart }: TrackInput, from: ReadFlow, output: number, to: ReadFlow, need: number, judgePair: ScoringParts['judge'],
): { chance: number; stopped: Gate } {
  let chance = 0;
  let stopped: Gate | null = null;
  for (let row = outputStart[output]; row < outputStart[output + 1]; row += 1) {
    const { confidence } = from.hypotheses[row - outputStart[output]];
    for (let at = needStart[need]; at < needStart[need + 1]; at += 1) {
      const verdict = kernel.outputOwner[row] === kernel.inputOwner[at] ? 'same-company' : judgePair(kernel, row, at);
      if (typeof verdict === 'string') stopped ??= verdict;
      else chance += (confidence * to.hypotheses[at - needStart[need]].confidence) / (1 + Math.exp(-verdict.z));
    }
  }
  return { chance, stopped: stopped ?? 'no-substitution' };
}

interface Pair {
  output: number;
  need: number;
  km: number;
}

function pairsWithin(outputs: readonly ReadFlow[], needs: readonly ReadFlow[]): Pair[] {
  const [from, to] = [flowPlaces(outputs), flowPlaces(needs)];
  const byLatitude = needs.map((_, need) => need).sort((a, b) => needs[a].site.latitude - needs[b].site.latitude);
  const reach = RADIUS_KM / KM_PER_DEGREE;
  const pairs: Pair[] = [];
  outputs.forEach(({ site }, output) => {
    for (const need of byLatitude) {
      const apart = needs[need].site.latitude - site.latitude;
      if (apart > reach) break;
      if (apart < -reach) continue;
      const km = distanceKm(from, output, to, need);
      if (km <= RADIUS_KM) pairs.push({ output, need, km });
    }
  });
  return pairs;
}

/** The kernel's own verdict; categories that do not know each other are not looked at twice. */
export function kernelVerdict(kernel: Prepared, output: number, input: number): Verdict {
  const { outputs, inputs } = kernel.snapshot;
  const known = kernel.knowledge.pairs.has(outputs.category[output] * kernel.knowledge.categories.length + inputs.category[input]);
  return known ? judge(kernel, output, input) : 'no-substitution';
}

/** The best substitution whatever the gates say, conditions included. */
export function verdictWithoutGates(kernel: Prepared, output: number, input: number): Verdict {
  const { outputs, inputs } = kernel.snapshot;
  const known = kernel.knowledge.pairs.get(outputs.category[output] * kernel.knowledge.categories.length + inputs.category[input]);
  const km = distanceOf(kernel, output, input);
  const best = known && bestSubstitution(kernel, output, input, { km, possible: known.substitutions });
  return best ? { z: best.z, slug: best.substitution.slug, km } : 'no-substitution';
}

/** Any two leaves of one family meet, as if each were as good as the other. */
export function verdictWithoutTable(kernel: Prepared, output: number, input: number): Verdict {
  const { categories } = kernel.knowledge;
  const [from, to] = [categories[kernel.snapshot.outputs.category[output]], categories[kernel.snapshot.inputs.category[input]]];
  if (from.family !== to.family) return 'no-substitution';
  const km = distanceOf(kernel, output, input);
  return { z: scoreOf(kernel, output, input, ANYTHING, km), slug: ANYTHING.slug, km };
}

const ANYTHING: Substitution = { slug: 'anything', output: '', input: '', affinity: 1, yield: 1, conditions: [], treatment: 'none', route: 'none', evidence: [] };

/** Gates in their order, with what they stopped. */
export function gateRows(gates: ScoredTrack['gates']): { gate: Gate; pairs: number }[] {
  return GATES.flatMap((gate) => (gates[gate] ? [{ gate, pairs: gates[gate] }] : []));
}

function flowPlaces(flows: readonly ReadFlow[]): Float64Array {
  return Float64Array.from(flows.flatMap(({ site }) => unitVector(site.latitude, site.longitude)));
}
