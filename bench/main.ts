import { parseArgs } from 'node:util';

/** One benchmark: gets the words of the command line after its name. */
type Bench = (args: string[]) => Promise<void>;

/** Loaded only when asked for: each draws in engines that the others do not need. */
const BENCHES: Record<string, () => Promise<Bench>> = {
  kernel: async () => (await import('./kernel.js')).kernelBench,
  queue: async () => (await import('./queue.js')).queueBench,
  incremental: async () => (await import('./incremental.js')).incrementalBench,
  pipeline: async () => (await import('./pipeline.js')).pipelineBench,
  quality: async () => (await import('./quality.js')).quality,
};

const { positionals } = parseArgs({ args: process.argv.slice(2, 3), allowPositionals: true });
const load = BENCHES[positionals[0] ?? ''];
if (load === undefined) {
  console.error(`npm run bench -- NAME: found ${JSON.stringify(positionals[0] ?? '')}, expected one of ${Object.keys(BENCHES).join(', ')}`);
  process.exit(1);
}
const bench = await load();
await bench(process.argv.slice(3));
