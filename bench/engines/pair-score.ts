import { DAYS_PER_YEAR, EARTH_KM, type Entry, RATIO_CAP, type Work } from '../work.js';

/** Gates and score of a pair as the JavaScript rivals do them, on plain columns. */
export class PairScore {
  private readonly months = Uint8Array.from({ length: 4_096 }, (_, mask) => mask.toString(2).replaceAll('0', '').length);

  constructor(private readonly work: Work) {}

  /** Farthest that an input of this entry can be and still reach `z`; below 0: none can. A hair too far, never too near. */
  reachKm(output: number, entry: Entry, z: number): number {
    const { outputs, kernel: { weights } } = this.work;
    const piped = !Number.isNaN(outputs.pipeSoftKm[output]);
    const [soft, hard] = piped ? [outputs.pipeSoftKm[output], outputs.pipeHardKm[output]] : [entry.softKm, entry.hardKm];
    const room = entry.best - outputs.ownLoss[output] - z;
    if (room < -1e-9) return -1;
    return Math.min(hard, weights.distance > 0 ? soft * (Math.exp(room / weights.distance) - 1) : Infinity) * (1 + 1e-9) + 1e-6;
  }

  /** Great-circle km, by the chord. */
  km(output: number, input: number): number {
    const { outputs, inputs } = this.work;
    const [dx, dy, dz] = [outputs.x[output] - inputs.x[input], outputs.y[output] - inputs.y[input], outputs.z[output] - inputs.z[input]];
    return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(dx * dx + dy * dy + dz * dz) / 2));
  }

  /** z of a pair at a distance; NaN when a gate is closed or the floor is not reached. */
  of(output: number, entry: Entry, input: number, km: number): number {
    const { outputs, inputs, kernel: { weights, asOfDay, snapshot }, blocked } = this.work;
    const constant = entry.constants[inputs.variant[input]];
    if (Number.isNaN(constant) || outputs.owner[output] === inputs.owner[input]) return NaN;
    let [soft, hard] = [entry.softKm, entry.hardKm];
    if (!Number.isNaN(outputs.pipeSoftKm[output])) [soft, hard] = [outputs.pipeSoftKm[output], outputs.pipeHardKm[output]];
    else if (!Number.isNaN(inputs.pipeSoftKm[input])) [soft, hard] = [inputs.pipeSoftKm[input] * entry.softFactor, inputs.pipeHardKm[input] * entry.hardFactor];
    if (km > hard || km > inputs.ringKm[input]) return NaN;
    const [a, b] = [outputs.months[output], inputs.months[input]];
    if (a !== 0 && b !== 0 && (a & b) === 0) return NaN;
    if (outputs.pooled[output] * entry.yield < inputs.minimumLot[input] || inputs.pooled[input] < outputs.minimumLot[output] * entry.yield) return NaN;
    if (blocked.has(outputs.flow[output] * snapshot.inputs.count + inputs.flow[input])) return NaN;
    const tooSmallAlone = outputs.quantity[output] * entry.yield < inputs.minimumLot[input] || inputs.quantity[input] < outputs.minimumLot[output] * entry.yield;
    const gap = Math.max(-RATIO_CAP, Math.min(RATIO_CAP, Math.log(inputs.quantity[input] / (entry.yield * outputs.quantity[output]))));
    const z = constant - weights.distance * Math.log(1 + km / soft)
      - (Number.isNaN(gap) ? weights.unknownQuantity : gap > 0 ? weights.small * gap : -weights.large * gap)
      - (a === 0 || b === 0 ? weights.unknownMonths : weights.season * (1 - this.months[a & b] / this.months[b]))
      - (weights.age * Math.max(0, asOfDay - Math.min(outputs.day[output], inputs.day[input]))) / DAYS_PER_YEAR
      - weights.evidence * Math.max(outputs.penalty[output], inputs.penalty[input]) - (tooSmallAlone ? weights.regulation : 0);
    return z >= this.work.floor ? z : NaN;
  }
}
