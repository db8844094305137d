import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `ALTER TABLE maillon.candidate_state ADD COLUMN week text, ADD COLUMN rank integer, ADD COLUMN negative_points double precision, ADD COLUMN probability double precision,
     ADD COLUMN distance_km double precision`,
  `UPDATE maillon.candidate_state s SET week = c.week, rank = coalesce(c.rank, 1000000), negative_points = -coalesce(c.points, -1000000), probability = c.probability, distance_km = c.distance_km
     FROM maillon.candidate c WHERE c.territory_id = s.territory_id AND c.id = s.candidate_id`,
  `ALTER TABLE maillon.candidate_state ALTER COLUMN week SET NOT NULL, ALTER COLUMN rank SET NOT NULL, ALTER COLUMN negative_points SET NOT NULL`,
  `CREATE INDEX ix_candidate_state_week ON maillon.candidate_state (territory_id, week, rank, candidate_id) WHERE status <> 'replaced'`,
  `CREATE INDEX ix_candidate_state_left ON maillon.candidate_state (territory_id, negative_points, candidate_id, week) WHERE status = 'open'`,
  // Of open ones only: of all, it looks so narrow to the planner that it reads a whole territory for one advisor.
  'DROP INDEX maillon.ix_candidate_state_open',
  "CREATE INDEX ix_candidate_state_open ON maillon.candidate_state (territory_id, assigned_to) WHERE status = 'open'",
  // By its output the unique key finds a pair.
  'CREATE INDEX ix_pair_input ON maillon.pair (territory_id, input_flow_id)',
  'CREATE INDEX ix_company_merged_into ON maillon.company (merged_into_id) WHERE merged_into_id IS NOT NULL',
  // Nobody writes them by hand: a candidate never changes, so what its state says of it is true for good.
  `CREATE FUNCTION maillon.take_from_candidate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      SELECT c.week, coalesce(c.rank, 1000000), -coalesce(c.points, -1000000), c.probability, c.distance_km
        INTO NEW.week, NEW.rank, NEW.negative_points, NEW.probability, NEW.distance_km
        FROM maillon.candidate c WHERE c.territory_id = NEW.territory_id AND c.id = NEW.candidate_id;
      RETURN NEW;
    END $$`,
  'CREATE TRIGGER take_from_candidate BEFORE INSERT ON maillon.candidate_state FOR EACH ROW EXECUTE FUNCTION maillon.take_from_candidate()',
  'REVOKE ALL ON FUNCTION maillon.take_from_candidate() FROM PUBLIC',
  'REVOKE UPDATE ON maillon.candidate_state FROM maillon_api',
  'GRANT UPDATE (status, assigned_to, version, closed_at) ON maillon.candidate_state TO maillon_api',
  'DROP INDEX maillon.ix_candidate_list',
];

const BACK = [
  'DROP INDEX maillon.ix_company_merged_into',
  'DROP INDEX maillon.ix_pair_input',
  'CREATE INDEX ix_candidate_list ON maillon.candidate (territory_id, week, rank, id)',
  'GRANT UPDATE ON maillon.candidate_state TO maillon_api',
  'DROP TRIGGER take_from_candidate ON maillon.candidate_state',
  'DROP FUNCTION maillon.take_from_candidate()',
  'DROP INDEX maillon.ix_candidate_state_open',
  'CREATE INDEX ix_candidate_state_open ON maillon.candidate_state (territory_id, status, assigned_to)',
  'ALTER TABLE maillon.candidate_state DROP COLUMN week, DROP COLUMN rank, DROP COLUMN negative_points, DROP COLUMN probability, DROP COLUMN distance_km',
];

/**
 * What a list sorts, filters and counts by stands on the candidate's state, with an index in each of its two orders: a page
 * reads what it shows, however many candidates there are and however many of them are open.
 */
export class ListOnTheState1790000000050 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of BACK) await runner.query(statement);
  }
}
