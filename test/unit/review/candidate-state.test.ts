import { describe, expect, it } from '@jest/globals';
import { loadKnowledge, loadDefaultPolicy } from '../../../config/load-config.js';
import { prepare } from '../../../src/matching/kernel/kernel-input.js';
import { NEUTRAL_MODEL } from '../../../src/matching/kernel/model.js';
import { reachOf } from '../../../src/matching/kernel/score.js';
import { hardReachKm } from '../../../src/matching/pair-block-radius.js';
import type { SiteRow } from '../../../src/matching/snapshot-places.js';
import { type FlowRow, SnapshotBuilder } from '../../../src/matching/snapshot-rows.js';
import { afterMove, isExpired, MOVES, weeksWorked } from '../../../src/review/candidate-state.js';
import { medianReviewMinutes } from '../../../src/review/review-pace.js';

describe('the state of a candidate', () => {
  it('is decided and taken back any number of times, and ends when it expires or is replaced', () => {
    expect(afterMove('open', 'decide')).toBe('decided');
    expect(afterMove('decided', 'withdraw')).toBe('open');
    expect(afterMove('open', 'expire')).toBe('expired');
    expect(afterMove('open', 'replace')).toBe('replaced');
    for (const move of MOVES) {
      expect(afterMove('expired', move)).toBeNull();
      expect(afterMove('replaced', move)).toBeNull();
      if (move !== 'withdraw') expect(afterMove('decided', move)).toBeNull();
    }
    expect(afterMove('open', 'withdraw')).toBeNull();
  });

  it('counts its own week and not the present one, and only weeks worked', () => {
    const worked = ['2026-W47', '2026-W48', '2026-W49', '2026-W52', '2026-W53', '2027-W01'];
    expect(weeksWorked('2026-W48', '2026-W48', worked)).toBe(0);
    expect(weeksWorked('2026-W48', '2026-W53', worked)).toBe(3);
    expect(isExpired('2026-W48', '2026-W53', worked, 4)).toBe(false);
    expect(isExpired('2026-W48', '2027-W01', worked, 4)).toBe(true);
  });
});

describe('the pace of an advisor', () => {
  it('is unknown before twenty reviews, and then a median in minutes', () => {
    expect(medianReviewMinutes(Array.from({ length: 19 }, () => 60))).toBeNull();
    expect(medianReviewMinutes(Array.from({ length: 20 }, (_, at) => (at < 10 ? 60 : 120)))).toBe(1.5);
    expect(medianReviewMinutes(Array.from({ length: 21 }, (_, at) => at * 6))).toBe(1);
  });

  it('takes no screen left open, and no key pressed by habit, at its word', () => {
    expect(medianReviewMinutes(Array.from({ length: 20 }, () => 40_000))).toBe(10);
    expect(medianReviewMinutes(Array.from({ length: 20 }, () => 0))).toBeCloseTo(5 / 60);
  });
});

describe('the reach of a pair outside the kernel', () => {
  const knowledge = loadKnowledge();
  const row = (direction: 'output' | 'input', category: string, quantity: number | null): FlowRow => ({
    id: direction, version: 1, ref: direction, direction, category, quantity, minimumLot: null, months: null, quality: null, hazardous: null, wasteCode: null,
    wasteCodeOrigin: null, wish: 'yes', withheld: false, reach: 'local', sourcing: false, provenance: null, confirmedDay: 20_000,
  });
  const siteOf = (ref: string): SiteRow =>
    ({ territory: 't', latitude: 44, longitude: 1, hazardousPermitted: null, agreement: true, companyRef: ref, siren: null, groupRef: null, siteRef: ref });

  it('is the one of the kernel, for every substitution there is and quantities small, large and unknown', () => {
    for (const { output, input } of knowledge.catalogue.substitutions) {
      const [from, to] = [knowledge.category(output), knowledge.category(input)];
      if (from === undefined || to === undefined) continue;
      for (const quantity of [null, 1, 5_000, 1e7]) {
        const builder = new SnapshotBuilder(knowledge);
        builder.add(row('output', from.slug, quantity), siteOf('output'));
        builder.add(row('input', to.slug, quantity), siteOf('input'));
        const { snapshot } = builder.build(['t'], new Set());
        const kernel = prepare({ snapshot, catalogue: knowledge.catalogue, policy: loadDefaultPolicy(), model: NEUTRAL_MODEL, blocks: [], open: [], asOfDay: 20_000, seed: 1 });
        expect(hardReachKm(from, to, quantity, quantity)).toBe(reachOf(kernel, 0, 0).hardKm);
      }
    }
  });
});
