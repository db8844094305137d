import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A weekly list is read in its order: a page costs what a page holds, however many candidates there are. */
export class ListOrder1790000000025 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX ix_candidate_list ON maillon.candidate (territory_id, week, rank, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX maillon.ix_candidate_list');
  }
}
