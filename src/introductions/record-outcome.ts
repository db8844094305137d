import { Injectable } from '@nestjs/common';
import { newId, refuseErrors } from '../companies/companies.queries.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { type FieldError, Problem } from '../platform/problem.js';
import { introductionChanged, lockIntroduction, today } from './introductions.queries.js';
import { trimmed } from './note-answer.js';

export interface OutcomeInput {
  /** A year, in `unit`. */
  quantity?: number | null;
  unit: string;
  /** € a year. */
  euros?: number | null;
  /** kg CO2e a unit, with where it is from; both or neither. */
  co2eFactor?: number | null;
  co2eSource?: string | null;
  startedOn: string;
  endedOn?: string | null;
}

/** What a realised synergy brings. Said anew it is a correction: a row of its own that supersedes the last one. */
@Injectable()
export class RecordOutcome {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws Problem 404, 412, 409 when nothing was realised, 422 with the fields */
  async execute(context: Context, id: string, expected: number, input: OutcomeInput): Promise<{ version: number; outcomeId: string }> {
    const { personId } = context;
    if (personId === null) throw new Problem(403, 'forbidden', 'Only a person records an outcome.');
    return this.unitOfWork.write(context, async (tx) => {
      const introduction = await lockIntroduction(tx, id, expected);
      if (introduction.step !== 'realised' && introduction.step !== 'ended') throw new Problem(409, 'not-realised', `An outcome is of a realised synergy; this introduction is "${introduction.step}".`);
      refuseErrors(outcomeErrors(input, await today(tx)));
      const [last] = await tx.sql<{ id: string }>(
        'SELECT o.id FROM outcome o WHERE o.introduction_id = $1 AND NOT EXISTS (SELECT 1 FROM outcome later WHERE later.supersedes = o.id)', [id]);
      const outcomeId = await newId(tx);
      const factor = input.co2eFactor ?? null;
      await tx.sql(
        `INSERT INTO outcome (id, territory_id, introduction_id, quantity, unit, euros, co2e_tonnes, co2e_factor, co2e_source, started_on, ended_on, supersedes, person_id, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
        [outcomeId, tx.context.territoryId, id, input.quantity ?? null, input.unit.trim(), input.euros ?? null, factor === null ? null : ((input.quantity ?? 0) * factor) / 1_000, factor,
          factor === null ? null : trimmed(input.co2eSource), input.startedOn, input.endedOn ?? null, last?.id ?? null, personId, tx.now]);
      const version = await introductionChanged(tx, id);
      await tx.audit({ action: 'outcome.recorded', subjectType: 'introduction', subjectId: id, data: { outcomeId, supersedes: last?.id ?? null, version } });
      return { version, outcomeId };
    });
  }
}

function outcomeErrors({ quantity, unit, euros, co2eFactor, co2eSource, startedOn, endedOn }: OutcomeInput, day: string): FieldError[] {
  const errors: FieldError[] = [];
  const given = (value: unknown): boolean => value !== undefined && value !== null;
  if (unit.trim() === '' || unit.length > 40) errors.push({ field: 'unit', code: 'length', found: unit.slice(0, 60), expected: 'a unit, such as t' });
  if (given(quantity) && !(Number(quantity) >= 0 && Number(quantity) < 1e12)) errors.push({ field: 'quantity', code: 'out-of-range', found: String(quantity), expected: 'a number from 0 up' });
  for (const [field, value] of [['euros', euros], ['co2eFactor', co2eFactor]] as const) {
    if (given(value) && !(Math.abs(Number(value)) < 1e12)) errors.push({ field, code: 'out-of-range', found: String(value), expected: 'a number' });
  }
  if (given(co2eFactor) && !given(quantity)) errors.push({ field: 'quantity', code: 'missing', found: 'nothing', expected: 'the quantity that the factor is applied to' });
  if (given(co2eFactor) !== (trimmed(co2eSource) !== null)) errors.push({ field: 'co2eSource', code: 'factor-and-source', found: trimmed(co2eSource) ?? 'nothing', expected: 'a factor and where it is from, or neither' });
  if (startedOn > day) errors.push({ field: 'startedOn', code: 'in-the-future', found: startedOn, expected: `a day, at the latest ${day}` });
  if (endedOn && endedOn < startedOn) errors.push({ field: 'endedOn', code: 'before-start', found: endedOn, expected: `a day from ${startedOn} on` });
  return errors;
}
