import { type Share, shareOf } from './share.js';

/** A lead that was shown and judged, as far as a threshold is concerned. */
export interface JudgedLead {
  points: number;
  verdict: 'accept' | 'reject' | 'snooze' | 'cannot-say';
  /** Rejected for a reason that the data could have told. */
  knowable: boolean;
}

/** What the lists would have held, had the threshold been this one. */
export interface CurvePoint {
  thresholdPoints: number;
  /** Leads a week that were shown at or above it and judged. */
  shown: number;
  minutes: number;
  /** Accepted a week. */
  accepted: number;
  /** Accepted of those accepted or rejected. */
  acceptance: Share;
  /** Not rejected for a knowable reason, of the same. */
  knowablePrecision: Share;
}

const STEP = 2;

/**
 * Precision, yield and minutes against the threshold, from leads that were listed and judged. It goes up from where lists
 * began: what a lower threshold would bring, nobody has judged.
 * @param weeks that the leads were shown in; minutes and yield are per week
 */
export function thresholdCurve(leads: readonly JudgedLead[], weeks: number, reviewMinutes: number): CurvePoint[] {
  if (leads.length === 0 || weeks === 0) return [];
  const points = leads.map((lead) => lead.points);
  const from = Math.floor(Math.min(...points) / STEP) * STEP;
  const to = Math.max(...points);
  const curve: CurvePoint[] = [];
  for (let threshold = from; threshold <= to; threshold += STEP) {
    const shown = leads.filter((lead) => lead.points >= threshold);
    const judged = shown.filter(({ verdict }) => verdict === 'accept' || verdict === 'reject');
    const accepted = judged.filter(({ verdict }) => verdict === 'accept').length;
    curve.push({
      thresholdPoints: threshold, shown: shown.length / weeks, minutes: (shown.length / weeks) * reviewMinutes, accepted: accepted / weeks,
      acceptance: shareOf(accepted, judged.length), knowablePrecision: shareOf(judged.filter(({ knowable }) => !knowable).length, judged.length),
    });
  }
  return curve;
}

export interface ReliabilityBin {
  from: number;
  to: number;
  /** Mean probability that was said. */
  said: number;
  /** What came of it. */
  observed: Share;
}

/** Probabilities said beside what came of them, in fifths; empty bins are left out. */
export function reliability(leads: readonly { probability: number; accepted: boolean }[]): ReliabilityBin[] {
  return [0, 1, 2, 3, 4].flatMap((fifth): ReliabilityBin[] => {
    const inside = leads.filter(({ probability }) => Math.min(4, Math.floor(probability * 5)) === fifth);
    if (inside.length === 0) return [];
    const said = inside.reduce((sum, { probability }) => sum + probability, 0) / inside.length;
    return [{ from: fifth / 5, to: (fifth + 1) / 5, said, observed: shareOf(inside.filter(({ accepted }) => accepted).length, inside.length) }];
  });
}
