import { loadDefaultPolicy } from '../../config/load-config.js';
import { canonicalJson } from './canonical-json.js';
import { NEUTRAL_MODEL } from './kernel/model.js';

/** A connection of an administrator (`pg.Client`, `pg.Pool`): territories are made by nobody else. */
export interface AdministratorConnection {
  query(sql: string, parameters: unknown[]): Promise<unknown>;
}

/**
 * Gives a territory what its first run needs: the default policy as version 1 and the neutral model as version 0, both
 * active. Repeating it changes nothing.
 */
export async function prepareTerritory(client: AdministratorConnection, territoryId: string, now: Date): Promise<void> {
  await client.query(
    `INSERT INTO maillon.policy_version (territory_id, version, document, state, note, created_at, activated_at)
     VALUES ($1, 1, $2, 'active', 'Paramétrage de départ', $3, $3) ON CONFLICT DO NOTHING`,
    [territoryId, canonicalJson(loadDefaultPolicy()), now]);
  await client.query(
    `INSERT INTO maillon.model_version (territory_id, version, document, state, created_at)
     VALUES ($1, 0, $2, 'active', $3) ON CONFLICT DO NOTHING`,
    [territoryId, canonicalJson(NEUTRAL_MODEL), now]);
}
