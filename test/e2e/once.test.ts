import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REASONS } from '../../src/review/reasons.js';
import { removeEmbeddedPostgres } from '../../src/platform/postgres/embedded-postgres.js';
import { demoLabels, demoRows } from '../support/demo-week.js';
import { type ProgramProcess, startProgram } from '../support/processes.js';

interface Flow {
  company: string;
  category: string;
  text: string;
  quantity: number | null;
  unit: string;
}

/** What a program reads: every key is promised. */
interface Week {
  territory: string;
  week: string;
  policyVersion: number;
  funnel: { gate: string; removed: number; exact: boolean }[];
  list: { rank: number; kind: string; points: number; probability: number | null; output: Flow; input: Flow; distanceKm: number; parts: { term: string; points: number; why: string }[] }[];
  decisions: { rank: number; verdict: string; reason: string | null }[];
  introductions: { side: string; to: string | null; text: string; state: string; approvedBy: string | null }[];
}

describe('the demo week without a server', () => {
  let dataDir: string;
  let program: ProgramProcess;
  let code: number | null;
  let week: Week;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'maillon-once-'));
    const file = join(dataDir, 'week.json');
    program = startProgram('workers/all-in-one.ts', { DATA_DIR: dataDir }, ['--once', '--json', file]);
    code = await program.ended();
    if (code !== 0) throw new Error(`It ended with ${code} and said: ${program.said().slice(-2_000)}`);
    week = JSON.parse(await readFile(file, 'utf8')) as Week;
  }, 120_000);
  afterAll(async () => {
    await program?.kill();
    await removeEmbeddedPostgres({ dataDir });
    await rm(dataDir, { recursive: true, force: true });
  });

  it('ends with 0 and prints the week for a reader: leads with points and reasons, one accepted, one rejected', () => {
    expect(code).toBe(0);
    const text = program.said();
    expect(text).toContain(week.territory);
    for (const { output, input } of week.list) for (const { company, text: words } of [output, input]) {
      expect(text).toContain(company);
      expect(text).toContain(words);
    }
    expect(text).toContain('RETENUE');
    expect(text).toContain('ÉCARTÉE');
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  it('writes it for a program, with these keys and no others', () => {
    expect(Object.keys(week)).toEqual(['territory', 'week', 'policyVersion', 'funnel', 'list', 'decisions', 'introductions']);
    expect(week.week).toMatch(/^\d{4}-W\d{2}$/);
    expect(week.policyVersion).toBe(1);
    expect(week.funnel.length).toBeGreaterThan(10);
    for (const { gate, removed, exact } of week.funnel) {
      expect([typeof gate, typeof exact, Number.isInteger(removed) && removed >= 0]).toEqual(['string', 'boolean', true]);
    }
    expect(week.list.map((lead) => lead.rank)).toEqual(week.list.map((_, at) => at + 1));
    for (const lead of week.list) {
      expect(Object.keys(lead)).toEqual(['rank', 'kind', 'points', 'probability', 'output', 'input', 'distanceKm', 'parts']);
      expect(['listed', 'audit']).toContain(lead.kind);
      expect(lead.probability).toBeNull();
      expect(lead.distanceKm).toBeGreaterThanOrEqual(0);
      for (const flow of [lead.output, lead.input]) {
        expect(Object.keys(flow)).toEqual(['company', 'category', 'text', 'quantity', 'unit']);
        expect([flow.company, flow.category, flow.text, flow.unit].every((word) => word.length > 0)).toBe(true);
      }
    }
  });

  it('gives points whose parts add up to them', () => {
    for (const { rank, points, parts } of week.list) {
      for (const part of parts) expect(Object.keys(part)).toEqual(['term', 'points', 'why']);
      expect([rank, Math.round(parts.reduce((sum, part) => sum + part.points, 0) * 1e6) / 1e6]).toEqual([rank, Math.round(points * 1e6) / 1e6]);
    }
  });

  it('lists mostly good pairs of the demo among the first ten, and no bad one', () => {
    const sites = new Map(demoRows('sites').map((row) => [row['Référence site'], row['Entreprise']]));
    const refs = new Map(demoRows('flows').map((row) => [`${sites.get(row['Référence site'])}: ${row['Description']}`, row['Référence flux']]));
    expect(refs.size).toBe(demoRows('flows').length);
    const labels = demoLabels();
    const labelOf = ({ output, input }: Week['list'][number]): string | undefined =>
      labels.get(`${refs.get(`${output.company}: ${output.text}`)} ${refs.get(`${input.company}: ${input.text}`)}`);
    const firstTen = week.list.slice(0, 10).map(labelOf);
    expect(firstTen.filter((label) => label === 'good').length).toBeGreaterThanOrEqual(7);
    expect(firstTen).not.toContain('bad');
  });

  it('shows what the two companies of the accepted lead were told: first without names, then, both interested, with them', () => {
    const accepted = week.list.find(({ rank }) => week.decisions.some((decision) => decision.verdict === 'accept' && decision.rank === rank));
    expect(week.introductions.map(({ side }) => side)).toEqual(['output', 'input', 'output', 'input']);
    for (const told of week.introductions) expect(Object.keys(told)).toEqual(['side', 'to', 'text', 'state', 'approvedBy']);
    const [first, second, ...names] = week.introductions;
    expect(first.text).not.toContain(accepted?.input.company);
    expect(second.text).not.toContain(accepted?.output.company);
    for (const { to, state, approvedBy, text } of week.introductions) {
      expect(to).toMatch(/@demo\.maillon\.invalid$/);
      expect([state, typeof approvedBy]).toEqual(['sent', 'string']);
      expect(program.said()).toContain(text.split('\n')[0]);
    }
    expect(names.map(({ text }) => [accepted?.input.company, accepted?.output.company].find((company) => text.includes(String(company))))).toEqual([accepted?.input.company, accepted?.output.company]);
  });

  it('tells one lead accepted and one rejected, with a reason of the closed list', () => {
    expect(week.decisions.map((decision) => decision.verdict).sort()).toEqual(['accept', 'reject']);
    for (const { rank, verdict, reason } of week.decisions) {
      expect(week.list.map((lead) => lead.rank)).toContain(rank);
      expect(verdict === 'reject' ? REASONS.map(({ slug }) => slug).includes(String(reason)) : reason === null).toBe(true);
    }
  });
});
