import type { Knowledge } from '../../../src/resources/knowledge.js';
import { loadGazetteer } from '../../../src/imports/load-gazetteer.js';
import { type ImportErrorRow, importErrors, type ImportReport } from '../../../src/imports/imports.queries.js';
import { LocateSites } from '../../../src/imports/locate-sites.js';
import { type OnProgress, ReadImport } from '../../../src/imports/read-import.js';
import { StartImport } from '../../../src/imports/start-import.js';
import { type Context, systemContext } from '../../../src/platform/context.js';
import { Geocoder } from '../../../src/platform/geocoder.js';
import type { TestDatabase } from '../../support/database.js';
import { shippedKnowledge } from '../../unit/flows/knowledge.js';

export interface ImportWorld {
  knowledge: Knowledge;
  /** Hands in as the API and reads as the worker. */
  import(context: Context, content: string | Buffer, options?: { kind?: string; mapping?: string; fileName?: string; geocoder?: Geocoder; onProgress?: OnProgress }): Promise<ImportReport & { errors: ImportErrorRow[] }>;
  start(context: Context, content: string | Buffer, options?: { kind?: string; mapping?: string; fileName?: string }): Promise<string>;
  reader(geocoder?: Geocoder): ReadImport;
  errors(context: Context, importId: string): Promise<ImportErrorRow[]>;
}

export async function importWorld(database: TestDatabase): Promise<ImportWorld> {
  const knowledge = shippedKnowledge();
  const gazetteer = await loadGazetteer();
  const world: ImportWorld = {
    knowledge,
    reader: (geocoder) => new ReadImport(database.worker, knowledge, gazetteer, new LocateSites(database.worker, geocoder ?? null)),
    errors: async (context, importId) => (await database.worker.read(systemContext(context.territoryId), (tx) => importErrors(tx, importId, { limit: 1000 }))).rows,
    async start(context, content, { kind, mapping, fileName = 'essai.csv' } = {}) {
      const bytes = Buffer.from(content as string);
      async function* stream(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
      }
      return (await new StartImport(database.api).execute(context, { fileName, kind, mappingName: mapping, stream: stream() })).importId;
    },
    async import(context, content, options = {}) {
      const importId = await world.start(context, content, options);
      const report = await world.reader(options.geocoder).execute(systemContext(context.territoryId), { importId, onProgress: options.onProgress });
      return { ...report, errors: await world.errors(context, importId) };
    },
  };
  return world;
}

/** A SIRET with right check digits, of company number `index`. */
export function siretOf(index: number): string {
  const withCheck = (digits: string): string => {
    for (const check of '0123456789') {
      const sum = [...`${digits}${check}`].reverse().reduce((total, digit, place) => total + (place % 2 ? (Number(digit) * 2 > 9 ? Number(digit) * 2 - 9 : Number(digit) * 2) : Number(digit)), 0);
      if (sum % 10 === 0) return `${digits}${check}`;
    }
    return digits;
  };
  return withCheck(`${withCheck(String(40_000_000 + index))}0001`);
}
