import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { loadKnowledge } from '../config/load-config.js';
import { categorySuggester } from '../src/resources/suggest-category.js';
import type { Family } from '../src/resources/resource-catalogue.js';
import { gateRows, kernelVerdict, scoreTrack } from './quality-scores.js';
import { type ReadFlow, trackInput } from './quality-snapshot.js';
import { readTrack, type TrackFlow } from './quality-track.js';

const USAGE = 'npm run bench -- quality --data DIR --out scores.csv [--json FILE]';

/** What the kinds of a track say of the family. A need of energy may be met by a fuel; an output of energy is no matter. */
function familiesOf({ kind, direction }: TrackFlow): Family[] | undefined {
  if (kind === '') return undefined;
  if (kind === 'service') return ['service', 'equipment', 'space', 'skill'];
  if (kind === 'energy') return direction === 'need' ? ['energy', 'matter'] : ['energy'];
  return kind === 'water' ? ['water'] : ['matter'];
}

/**
 * Scores every pair within 100 km of a track (`sites.csv`, `flows.csv`) by the product's own knowledge: words become categories,
 * the kernel judges the pairs. Labels are never read; whoever holds them measures the scores.
 */
export async function quality(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { data: { type: 'string' }, out: { type: 'string' }, json: { type: 'string' } } });
  if (values.data === undefined || values.out === undefined) throw new Error(`--data and --out are missing; ${USAGE}`);
  const started = performance.now();
  const knowledge = loadKnowledge();
  const track = readTrack(values.data);
  const suggester = categorySuggester(knowledge);
  const read = (flow: TrackFlow): ReadFlow => {
    const { categories, meaning } = suggester.suggest({
      text: flow.textFr || flow.textEn, translation: flow.textFr === '' ? '' : flow.textEn, direction: flow.direction === 'output' ? 'output' : 'input', wasteCode: flow.wasteCode, naf: flow.site.naf, unit: flow.unit, families: familiesOf(flow),
    });
    const least = Math.max(0.02, 0.03 * (categories[0]?.confidence ?? 1));
    return { ...flow, hypotheses: categories.filter(({ confidence }) => confidence >= least), meaning };
  };
  const outputs = track.outputs.map(read);
  const needs = track.needs.map(read);
  const readAt = performance.now();

  const file = openSync(values.out, 'w');
  let lines: string[] = ['output_flow_id,need_flow_id,score'];
  const flush = (): void => {
    writeSync(file, `${lines.join('\n')}\n`);
    lines = [];
  };
  const result = scoreTrack(trackInput(outputs, needs, knowledge, knowledge.catalogue), outputs, needs, {
    judge: kernelVerdict, likeness: (output, need) => suggester.likeness(outputs[output].meaning, needs[need].meaning),
  }, (output, need, score) => {
    lines.push(`${outputs[output].id},${needs[need].id},${score.toFixed(7)}`);
    if (lines.length >= 20_000) flush();
  });
  flush();
  closeSync(file);
  const report = {
    machine: `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(2)}, Node ${process.version}`,
    flows: { outputs: outputs.length, needs: needs.length, withoutCategory: [...outputs, ...needs].filter(({ hypotheses }) => hypotheses.length === 0).length },
    pairs: result.pairs, passed: result.passed, gates: gateRows(result.gates),
    seconds: { read: (readAt - started) / 1000, score: (performance.now() - readAt) / 1000 },
  };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  console.log(JSON.stringify(report, null, 2));
}
