import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { loadKnowledge } from '../config/load-config.js';
import { categorySuggester } from '../src/resources/suggest-category.js';
import { flowReader } from './quality-flows.js';
import { gateRows, kernelVerdict, scoreTrack, verdictWithoutGates, verdictWithoutTable } from './quality-scores.js';
import { trackInput } from './quality-snapshot.js';
import { readTrack } from './quality-track.js';

const PARTS = ['gates', 'substitutions', 'suggestion', 'distance', 'likeness'] as const;
type Part = (typeof PARTS)[number];
const USAGE = `npm run bench -- quality --data DIR --out scores.csv [--json FILE] [--without ${PARTS.join('|')}]`;

/**
 * Scores every pair within 100 km of a track (`sites.csv`, `flows.csv`) by the product's own knowledge: words become categories,
 * the kernel judges the pairs. Labels are never read; whoever holds them measures the scores. A part of the work can be
 * switched off, to see what it brings: the gates, the table of substitutions (any two categories may meet), the suggestion
 * (only texts that are a category's own name have one), distance, likeness of words.
 */
export async function quality(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { data: { type: 'string' }, out: { type: 'string' }, json: { type: 'string' }, without: { type: 'string' } } });
  if (values.data === undefined || values.out === undefined) throw new Error(`--data and --out are missing; ${USAGE}`);
  const without = values.without as Part | undefined;
  if (without !== undefined && !PARTS.includes(without)) throw new Error(`--without: found ${JSON.stringify(without)}, expected one of ${PARTS.join(', ')}`);
  const started = performance.now();
  const knowledge = loadKnowledge();
  const track = readTrack(values.data);
  const read = flowReader(knowledge, without !== 'suggestion');
  const outputs = track.outputs.map(read);
  const needs = track.needs.map(read);
  const readAt = performance.now();

  const suggester = categorySuggester(knowledge);
  const likeness = (output: number, need: number): number => (without === 'likeness' ? 0 : suggester.likeness(outputs[output].meaning, needs[need].meaning));
  const judge = without === 'gates' ? verdictWithoutGates : without === 'substitutions' ? verdictWithoutTable : kernelVerdict;
  const file = openSync(values.out, 'w');
  let lines: string[] = ['output_flow_id,need_flow_id,score'];
  const flush = (): void => {
    writeSync(file, `${lines.join('\n')}\n`);
    lines = [];
  };
  const result = scoreTrack(trackInput(outputs, needs, knowledge, without === 'distance' ? { distance: 0 } : {}), outputs, needs, { judge, likeness, distance: without !== 'distance' }, (output, need, score) => {
    lines.push(`${outputs[output].id},${needs[need].id},${score.toFixed(9)}`);
    if (lines.length >= 20_000) flush();
  });
  flush();
  closeSync(file);
  const flows = [...outputs, ...needs];
  const report = {
    machine: `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(2)}, Node ${process.version}`,
    without: without ?? null,
    flows: {
      outputs: outputs.length, needs: needs.length, withoutCategory: flows.filter(({ hypotheses }) => hypotheses.length === 0).length,
      unknownWasteCodes: flows.filter(({ wasteCode, knownCode }) => wasteCode !== '' && knownCode === '').length,
    },
    pairs: result.pairs, passed: result.passed, gates: gateRows(result.gates), kinds: result.kinds,
    seconds: { read: (readAt - started) / 1000, score: (performance.now() - readAt) / 1000 },
  };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  const { kinds, gates, ...rest } = report;
  console.log(JSON.stringify(rest, null, 2));
  console.table(gates);
  console.table(kinds);
}
