import { DefaultNamingStrategy, type Table } from 'typeorm';

/** `weeklyMinutes` → `weekly_minutes`, `territoryAId` → `territory_a_id`. */
export function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z])([A-Z][a-z])/g, '$1_$2').toLowerCase();
}

function tableName(table: Table | string): string {
  return (typeof table === 'string' ? table : table.name).split('.').pop() ?? '';
}

/**
 * Every constraint has a name that a person can read in an error and that `problem.ts` can map to a code:
 * `pk_flow`, `fk_flow_site_id`, `uq_flow_territory_id_ref`, `ix_candidate_run_id`.
 */
export class ReadableNames extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string | undefined): string {
    return customName ?? snakeCase(propertyName);
  }
  override primaryKeyName(table: Table | string): string {
    return `pk_${tableName(table)}`;
  }
  override foreignKeyName(table: Table | string, columns: string[]): string {
    return `fk_${tableName(table)}_${columns.join('_')}`;
  }
  override uniqueConstraintName(table: Table | string, columns: string[]): string {
    return `uq_${tableName(table)}_${columns.join('_')}`;
  }
  override indexName(table: Table | string, columns: string[]): string {
    return `ix_${tableName(table)}_${columns.join('_')}`;
  }
}
