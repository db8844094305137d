import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { type FieldError, notFound, Problem } from '../platform/problem.js';
import { Knowledge } from '../resources/knowledge.js';
import { KINDS } from './columns.js';
import { type HeaderMapping, kindNamed, normaliseHeader } from './headers.js';
import { headerIndex } from './plan-sheets.js';

const MOST_COLUMNS = 500;

export interface NewMapping {
  name: string;
  kind?: string | null;
  /** Their header → key or header of a column of ours; empty or `-`: leave the column out. */
  columns: HeaderMapping;
}

/** Saves other people's column names under a name; saved again it replaces the earlier one. */
@Injectable()
export class SaveMapping {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
  ) {}

  /** @throws Problem 422 with the headers whose column is none of ours */
  async execute(context: Context, { name, kind, columns }: NewMapping): Promise<void> {
    const errors: FieldError[] = [];
    const wanted = name.trim();
    if (wanted === '' || wanted.length > 100) errors.push({ field: 'name', code: 'name', found: wanted.slice(0, 100) || 'nothing', expected: 'a name of at most 100 characters' });
    const kindKey = kind ? kindNamed(kind) : null;
    if (kind && !kindKey) errors.push({ field: 'kind', code: 'unknown-kind', found: kind.slice(0, 100), expected: `one of ${KINDS.join(', ')}` });
    const index = headerIndex(this.knowledge);
    const stored: [string, string][] = [];
    const entries = Object.entries(columns);
    if (entries.length === 0 || entries.length > MOST_COLUMNS) errors.push({ field: 'columns', code: 'columns', found: `${entries.length} columns`, expected: `1 to ${MOST_COLUMNS} columns` });
    for (const [header, given] of entries.slice(0, MOST_COLUMNS)) {
      const target = typeof given === 'string' ? given.trim() : '?';
      const column = index.find(target);
      if (normaliseHeader(header) === '') errors.push({ field: 'columns', code: 'header', found: 'a header without letters or digits', expected: 'the header of their column' });
      else if (target === '' || target === '-') stored.push([header, '-']);
      else if (column) stored.push([header, column.key]);
      else {
        const near = index.near(target).map(({ key }) => key);
        errors.push({ field: `columns.${header.slice(0, 100)}`, code: 'unknown-column', found: target.slice(0, 100), expected: `a column of docs/import.md${near.length > 0 ? `; near: ${near.join(', ')}` : ''}` });
      }
    }
    if (errors.length > 0) throw new Problem(422, 'invalid-fields', 'Some fields are not valid.', errors);
    await this.unitOfWork.write(context, async (tx) => {
      await tx.sql(
        `INSERT INTO import_mapping (territory_id, name, kind, columns, updated_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (territory_id, name) DO UPDATE SET kind = excluded.kind, columns = excluded.columns, updated_at = excluded.updated_at`,
        [context.territoryId, wanted, kindKey, JSON.stringify(Object.fromEntries(stored)), tx.now]);
      await tx.audit({ action: 'import-mapping.saved', subjectType: 'import-mapping', subjectId: wanted, data: { kind: kindKey, columns: stored.length } });
    });
  }
}

/** Forgets a saved mapping; imports that were read with it keep what they wrote. */
@Injectable()
export class DeleteMapping {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 409 while an import that names it waits to be read */
  async execute(context: Context, name: string): Promise<void> {
    await this.unitOfWork.write(context, async (tx) => {
      const [waiting] = await tx.sql("SELECT id FROM import_job WHERE territory_id = $1 AND mapping_name = $2 AND state IN ('waiting', 'reading') LIMIT 1", [context.territoryId, name]);
      if (waiting) throw new Problem(409, 'mapping-in-use', 'An import that uses this mapping is still being read.');
      const gone = await tx.sql('DELETE FROM import_mapping WHERE territory_id = $1 AND name = $2 RETURNING name', [context.territoryId, name]);
      if (gone.length === 0) throw notFound('mapping');
      await tx.audit({ action: 'import-mapping.deleted', subjectType: 'import-mapping', subjectId: name });
    });
  }
}
