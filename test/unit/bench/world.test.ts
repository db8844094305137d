import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { frenchCommunes } from '../../../bench/world/communes.js';
import { generateWorld } from '../../../bench/world/world.js';
import { loadDefaultPolicy, loadKnowledge } from '../../../config/load-config.js';
import { distanceKm } from '../../../src/matching/kernel/geodesy.js';
import { type KernelInput, prepare } from '../../../src/matching/kernel/kernel-input.js';
import { encodeSnapshot } from '../../../src/matching/kernel/snapshot-codec.js';
import { PERMIT, WISH } from '../../../src/matching/kernel/snapshot.js';

const knowledge = loadKnowledge();
const SIZE = 4_000;
const make = (seed: number, size = SIZE): KernelInput => generateWorld({ size, seed, catalogue: knowledge.catalogue, policy: loadDefaultPolicy() });
const hashOf = ({ snapshot, blocks }: KernelInput): string => createHash('sha256').update(encodeSnapshot(snapshot)).update(JSON.stringify(blocks)).digest('hex');

const shareOf = (values: ArrayLike<number>, is: (value: number) => boolean): number => Array.from(values).filter(is).length / values.length;
const countsOf = (values: Iterable<number>): number[] => {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => b - a);
};

describe('the world of the benches', () => {
  const world = make(1);
  const { outputs, inputs } = world.snapshot;

  it('is the same to the byte for the same seed, and another for another', () => {
    expect(hashOf(make(1))).toBe(hashOf(world));
    expect(hashOf(make(2))).not.toBe(hashOf(world));
  });

  it('is one that the kernel takes', () => {
    expect(() => prepare(world)).not.toThrow();
    expect([outputs.count, inputs.count]).toEqual([SIZE, SIZE]);
  });

  it('stands near real French communes', () => {
    const communes = frenchCommunes();
    expect(communes.length).toBeGreaterThan(8_000);
    const centres = Float64Array.from(communes.flatMap(({ latitude, longitude }) => {
      const [phi, lambda] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
      return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
    }));
    for (let flow = 0; flow < SIZE; flow += 97) {
      const nearest = communes.reduce((least, _, at) => Math.min(least, distanceKm(outputs.place, flow, centres, at)), Infinity);
      expect(nearest).toBeLessThan(60);
    }
  });

  it('has a few categories, communes and companies with much and many with little', () => {
    const categories = countsOf(inputs.category);
    expect(categories[0] / SIZE).toBeGreaterThan(0.1);
    expect(categories[Math.floor(categories.length / 2)] / SIZE).toBeLessThan(0.01);
    const companies = countsOf([...outputs.company, ...inputs.company]);
    expect(companies[0]).toBeGreaterThan(10 * companies[Math.floor(companies.length / 2)]);
  });

  it('has log-normal quantities, a part of them unknown', () => {
    expect(shareOf(outputs.quantity, Number.isNaN)).toBeCloseTo(0.15, 1);
    const logs = Array.from(outputs.quantity, Math.log).filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
    const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
    // Symmetric in the logarithm, wide, and far from symmetric without it.
    expect(Math.abs(mean - logs[logs.length >> 1])).toBeLessThan(0.3);
    expect(logs[Math.floor(0.9 * logs.length)] - logs[Math.floor(0.1 * logs.length)]).toBeGreaterThan(3);
  });

  it('has seasons, wishes, permits, ages and figures of quality in the shares it says', () => {
    expect(shareOf(outputs.months, (mask) => mask === 4_095)).toBeCloseTo(0.65, 1);
    expect(shareOf(outputs.months, (mask) => mask === 0)).toBeCloseTo(0.15, 1);
    expect(shareOf(inputs.wish, (wish) => wish === WISH.no)).toBeCloseTo(0.05, 1);
    expect(shareOf(inputs.permit, (permit) => permit === PERMIT.permitted)).toBeGreaterThan(0.1);
    expect(shareOf(outputs.confirmedDay, (day) => world.asOfDay - day > 1_096)).toBeGreaterThan(0.01);
    expect(outputs.attributeStart[SIZE]).toBeGreaterThan(SIZE / 20);
    expect(world.blocks.length).toBeGreaterThan(SIZE / 100);
  });
});
