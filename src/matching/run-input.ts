import { promisify } from 'node:util';
import { gunzip, gzip, type ZlibOptions } from 'node:zlib';
import type { Transaction } from '../platform/postgres/unit-of-work.js';
import type { Knowledge } from '../resources/knowledge.js';
import type { ResourceCatalogue } from '../resources/resource-catalogue.js';
import { canonicalJson, sha256 } from './canonical-json.js';
import type { Budget, PresentAdvisor } from './kernel/budget.js';
import type { KernelInput } from './kernel/kernel-input.js';
import type { Model } from './kernel/model.js';
import { decodeSnapshot, encodeSnapshot } from './kernel/snapshot-codec.js';
import type { PairBlock, Snapshot } from './kernel/snapshot.js';
import type { Policy } from './policy.js';
import type { RunRow } from './run-rows.js';
import type { SideIds, SkippedFlows, SnapshotIds } from './snapshot-rows.js';

/** All of a run's input but its snapshot and the knowledge: stored as canonical JSON, indexes in the snapshot's order. */
export interface RunSettings {
  policy: Policy;
  model: Model;
  blocks: PairBlock[];
  open: { output: number; input: number }[];
  /** Days since 1970-01-01, of the territory's own calendar. */
  asOfDay: number;
  seed: number;
  /** `listSize` and `auditSize` are what selection was given: leads of this week that were decided already are taken off. */
  budget: Budget & { advisors: PresentAdvisor[] };
  skipped: SkippedFlows;
}

/** A run's input as its steps, and a repetition a year later, take it up. */
export interface StoredInput {
  kernel: KernelInput;
  budget: Budget;
}

/** Generated ids that belong to a run's input; kept apart, since nothing that is hashed may hold them. */
export interface RunIds extends SnapshotIds {
  /** Candidates of the week's earlier attempts that were decided when the run read its input: their places are used up. */
  decided: string[];
}

/** The flows of a run, by natural key and by id: what becomes of a list's lines when they are written down as candidates. */
export interface RunFlows {
  outputs: FlowsByKey;
  inputs: FlowsByKey;
  /** As `RunIds`. */
  decided: string[];
}

/** A flow as it was when the run read it. */
export interface ReadFlow {
  id: string;
  version: number;
}

/** Looks flows up in the order that the snapshot has them in: that of their keys. */
export class FlowsByKey {
  constructor(
    private readonly keys: readonly string[],
    private readonly ids: SideIds,
  ) {}

  get(key: string): ReadFlow | undefined {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys[middle] < key) low = middle + 1;
      else high = middle;
    }
    return this.keys[low] === key ? { id: this.ids.flow[low], version: this.ids.version[low] } : undefined;
  }
}

/** A tenth larger than the usual level, in a quarter of the time. */
const FAST = { level: 1, chunkSize: 1 << 18 };
/** Bytes that one thread compresses at a time. */
const PIECE = 1 << 23;

const [zip, unzip] = [promisify<Uint8Array, ZlibOptions, Buffer>(gzip), promisify<Uint8Array, Buffer>(gunzip)];

/** As one gzip file, made in pieces side by side, off the main thread. */
async function compressed(bytes: Uint8Array): Promise<Buffer> {
  return Buffer.concat(await Promise.all(Array.from({ length: Math.max(1, Math.ceil(bytes.length / PIECE)) }, (_, at) => zip(bytes.subarray(at * PIECE, (at + 1) * PIECE), FAST))));
}

/** A run's input, ready to be written down and to be worked on. */
export interface PackedInput {
  snapshot: Buffer;
  settings: string;
  ids: Buffer;
  knowledge: KeptKnowledge;
  /** Exactly what a reader of the above gets. */
  input: StoredInput;
  flows: RunFlows;
}

export async function packRunInput(snapshot: Snapshot, settings: RunSettings, ids: RunIds, knowledge: Knowledge): Promise<PackedInput> {
  const kept = keptKnowledge(knowledge);
  const [packedSnapshot, packedIds] = await Promise.all([compressed(encodeSnapshot(snapshot)), compressed(Buffer.from(JSON.stringify(ids)))]);
  const text = canonicalJson(settings);
  return {
    snapshot: packedSnapshot, settings: text, ids: packedIds, knowledge: kept,
    input: storedInput(snapshot, JSON.parse(text) as RunSettings, kept.catalogue), flows: flowsOf(snapshot, ids),
  };
}

/** Writes the input, once: a run that has it keeps it. @returns the hash of the knowledge */
export async function writeRunInput(tx: Transaction, runId: string, { snapshot, settings, ids, knowledge }: PackedInput): Promise<string> {
  const [kept] = await tx.sql('SELECT 1 FROM knowledge_version WHERE hash = $1', [knowledge.hash]);
  if (kept === undefined) {
    await tx.sql('INSERT INTO knowledge_version (hash, document, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [knowledge.hash, knowledge.text, tx.now]);
  }
  await tx.sql('INSERT INTO run_input (run_id, territory_id, snapshot, settings, ids) VALUES ($1, $2, $3, $4, $5)', [runId, tx.context.territoryId, snapshot, settings, ids]);
  return knowledge.hash;
}

/**
 * Reads a run's input back: nothing but what the run kept, and the knowledge of its time.
 * @throws when it has none yet, or the knowledge kept is not the one that the run noted
 */
export async function readRunInput(tx: Transaction, run: RunRow): Promise<StoredInput> {
  const [input] = await tx.sql<{ snapshot: Buffer; settings: RunSettings }>(
    'SELECT snapshot, settings FROM run_input WHERE territory_id = $1 AND run_id = $2', [tx.context.territoryId, run.id]);
  if (input === undefined || run.knowledgeHash === null) throw new Error('The run has no input yet');
  return storedInput(decodeSnapshot(await unzip(input.snapshot)), input.settings, await readKnowledge(tx, run.knowledgeHash));
}

function storedInput(snapshot: Snapshot, { policy, model, blocks, open, asOfDay, seed, budget }: RunSettings, catalogue: ResourceCatalogue): StoredInput {
  return {
    kernel: { snapshot, catalogue, policy, model, blocks, open, asOfDay, seed },
    budget: { listSize: budget.listSize, auditSize: budget.auditSize },
  };
}

/** @throws when the run has no input yet */
export async function readRunFlows(tx: Transaction, runId: string): Promise<RunFlows> {
  const [input] = await tx.sql<{ snapshot: Buffer; ids: Buffer }>(
    'SELECT snapshot, ids FROM run_input WHERE territory_id = $1 AND run_id = $2', [tx.context.territoryId, runId]);
  if (input === undefined) throw new Error('The run has no input yet');
  const [snapshot, ids] = await Promise.all([unzip(input.snapshot), unzip(input.ids)]);
  return flowsOf(decodeSnapshot(snapshot), JSON.parse(ids.toString('utf8')) as RunIds);
}

function flowsOf({ outputKeys, inputKeys }: Snapshot, { outputs, inputs, decided }: RunIds): RunFlows {
  return { outputs: new FlowsByKey(outputKeys, outputs), inputs: new FlowsByKey(inputKeys, inputs), decided };
}

/** The knowledge of now as it is kept, once for each content. */
interface KeptKnowledge {
  hash: string;
  text: string;
  /** As it is read back. */
  catalogue: ResourceCatalogue;
}

const KEPT = new WeakMap<Knowledge, KeptKnowledge>();

function keptKnowledge(knowledge: Knowledge): KeptKnowledge {
  const known = KEPT.get(knowledge);
  if (known !== undefined) return known;
  const text = canonicalJson({ catalogue: knowledge.catalogue, wasteCodes: knowledge.wasteCodes });
  const kept = { hash: sha256(text), text, catalogue: (JSON.parse(text) as { catalogue: ResourceCatalogue }).catalogue };
  KEPT.set(knowledge, kept);
  return kept;
}

async function readKnowledge(tx: Transaction, hash: string): Promise<ResourceCatalogue> {
  const [row] = await tx.sql<{ document: { catalogue: ResourceCatalogue } }>('SELECT document FROM knowledge_version WHERE hash = $1', [hash]);
  if (row === undefined || sha256(canonicalJson(row.document)) !== hash) throw new Error('The knowledge kept is not the one that the run noted');
  return row.document.catalogue;
}
