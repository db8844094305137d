import { gunzipSync, gzipSync } from 'node:zlib';
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

/** A tenth larger than the usual level, in a quarter of the time. */
const FAST = { level: 1 };

/** Writes the input, once: a run that has it keeps it. */
export async function writeRunInput(tx: Transaction, runId: string, snapshot: Snapshot, settings: RunSettings, ids: RunIds): Promise<void> {
  await tx.sql(
    'INSERT INTO run_input (run_id, territory_id, snapshot, settings, ids) VALUES ($1, $2, $3, $4, $5)',
    [runId, tx.context.territoryId, gzipSync(encodeSnapshot(snapshot), FAST), canonicalJson(settings), gzipSync(JSON.stringify(ids), FAST)]);
}

/**
 * Reads a run's input back: nothing but what the run kept, and the knowledge of its time.
 * @throws when it has none yet, or the knowledge kept is not the one that the run noted
 */
export async function readRunInput(tx: Transaction, run: RunRow): Promise<StoredInput> {
  const [input] = await tx.sql<{ snapshot: Buffer; settings: RunSettings }>(
    'SELECT snapshot, settings FROM run_input WHERE territory_id = $1 AND run_id = $2', [tx.context.territoryId, run.id]);
  if (input === undefined || run.knowledgeHash === null) throw new Error('The run has no input yet');
  const { policy, model, blocks, open, asOfDay, seed, budget } = input.settings;
  const catalogue = await readKnowledge(tx, run.knowledgeHash);
  return {
    kernel: { snapshot: decodeSnapshot(gunzipSync(input.snapshot)), catalogue, policy, model, blocks, open, asOfDay, seed },
    budget: { listSize: budget.listSize, auditSize: budget.auditSize },
  };
}

/** A flow as it was when the run read it. */
export interface ReadFlow {
  id: string;
  version: number;
}

/** The flows of a run by natural key: what becomes of a list's lines when they are written down as candidates. */
export async function readRunFlows(tx: Transaction, runId: string): Promise<{ outputs: Map<string, ReadFlow>; inputs: Map<string, ReadFlow> }> {
  const [input] = await tx.sql<{ snapshot: Buffer; ids: Buffer }>(
    'SELECT snapshot, ids FROM run_input WHERE territory_id = $1 AND run_id = $2', [tx.context.territoryId, runId]);
  if (input === undefined) throw new Error('The run has no input yet');
  const { outputKeys, inputKeys } = decodeSnapshot(gunzipSync(input.snapshot));
  const ids = JSON.parse(gunzipSync(input.ids).toString('utf8')) as SnapshotIds;
  const byKey = (keys: readonly string[], { flow, version }: SideIds): Map<string, ReadFlow> => new Map(keys.map((key, at) => [key, { id: flow[at], version: version[at] }]));
  return { outputs: byKey(outputKeys, ids.outputs), inputs: byKey(inputKeys, ids.inputs) };
}

/** @returns ids of candidates; none for a run that has no input */
export async function readDecidedAtStart(tx: Transaction, runId: string): Promise<string[]> {
  const [input] = await tx.sql<{ ids: Buffer }>('SELECT ids FROM run_input WHERE territory_id = $1 AND run_id = $2', [tx.context.territoryId, runId]);
  return input === undefined ? [] : (JSON.parse(gunzipSync(input.ids).toString('utf8')) as RunIds).decided;
}

const HASHES = new WeakMap<Knowledge, string>();

function knowledgeText({ catalogue, wasteCodes }: Knowledge): string {
  return canonicalJson({ catalogue, wasteCodes });
}

/** Keeps the knowledge of now, once for each content. @returns its hash */
export async function keepKnowledge(tx: Transaction, knowledge: Knowledge): Promise<string> {
  const hash = HASHES.get(knowledge) ?? sha256(knowledgeText(knowledge));
  HASHES.set(knowledge, hash);
  const [kept] = await tx.sql('SELECT 1 FROM knowledge_version WHERE hash = $1', [hash]);
  if (kept === undefined) {
    await tx.sql('INSERT INTO knowledge_version (hash, document, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [hash, knowledgeText(knowledge), tx.now]);
  }
  return hash;
}

async function readKnowledge(tx: Transaction, hash: string): Promise<ResourceCatalogue> {
  const [row] = await tx.sql<{ document: { catalogue: ResourceCatalogue } }>('SELECT document FROM knowledge_version WHERE hash = $1', [hash]);
  if (row === undefined || sha256(canonicalJson(row.document)) !== hash) throw new Error('The knowledge kept is not the one that the run noted');
  return row.document.catalogue;
}
