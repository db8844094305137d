import type pg from 'pg';
import { isoWeekOf } from '../../src/platform/iso-week.js';
import { fillBare } from '../product-database.js';

export interface QueueWorld {
  /** Draw by their number of candidates: the busy ones ask more often. */
  territories: { id: string; candidates: number; people: string[]; company: string }[];
  /** The week whose list is the current one. */
  now: Date;
}

/** Two years of weekly lists. */
const WEEKS = 104;
const ADVISORS = 5;
const NOW = new Date('2026-11-25T09:00:00Z');
/** The r-th territory has r^-0.5 as many candidates as the largest. */
const EXPONENT = 0.5;

/** What a run writes of a candidate, with all of its parts. */
const FEATURES = {
  affinity: 0.9, distanceKm: 12, softDistanceKm: 20, logNeedOverSupply: 0.22, commonMonths: 1, ageYears: 0.5, openQuestions: 1, provenancePenalty: 0.2, treatmentCost: 0,
  groupEffect: 0, thresholdPoints: 6, auditPool: null, wishNotAsked: false,
};
const PARTS = ['start', 'category', 'distance', 'small', 'age', 'regulation', 'evidence'].map((term, at) => ({ term, points: at === 0 ? 31.7 : -1.1 * at }));

/** `kind`, territory and number as a uuid: rows find each other without a look-up. */
const ID = (kind: number, territory: string, number: string): string => `(lpad('${kind}', 8, '0') || lpad(to_hex(${territory}), 8, '0') || lpad(to_hex(${number}::bigint), 16, '0'))::uuid`;
const idOf = (kind: number, territory: number, number: number): string =>
  `${String(kind).padStart(8, '0')}${territory.toString(16).padStart(8, '0')}${number.toString(16).padStart(16, '0')}`.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const [TERRITORY, PERSON, COMPANY, SITE, FLOW, PAIR, RUN, CANDIDATE, DECISION] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/**
 * Territories with companies, flows and two years of weekly lists: `size` candidates in all, the latest list mostly open,
 * a little of the month before still open, the rest decided, expired or replaced.
 * @param categories of outputs and inputs, as the catalogue pairs them
 */
export async function fillQueue(admin: pg.Client, { size, territories, policy, pairs }: { size: number; territories: number; policy: unknown; pairs: { output: string; input: string; slug: string }[] }): Promise<QueueWorld> {
  const weights = Array.from({ length: territories }, (_, at) => (at + 1) ** -EXPONENT);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const counts = weights.map((weight) => Math.max(1, Math.round((size * weight) / sum)));
  const weeks = Array.from({ length: WEEKS }, (_, at) => isoWeekOf(new Date(NOW.getTime() - (WEEKS - 1 - at) * 7 * 86_400_000), 'Europe/Paris'));
  await admin.query('CREATE TEMP TABLE t AS SELECT (at - 1)::int AS t, n, ceil(sqrt(n))::int AS flows FROM unnest($1::int[]) WITH ORDINALITY AS given (n, at)', [counts]);
  await admin.query('CREATE TEMP TABLE weeks AS SELECT (at - 1)::int AS at, week FROM unnest($1::text[]) WITH ORDINALITY AS given (week, at)', [weeks]);
  await admin.query('CREATE TEMP TABLE subs AS SELECT (at - 1)::int AS at, o, i, slug FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS given (o, i, slug, at)',
    [pairs.map(({ output }) => output), pairs.map(({ input }) => input), pairs.map(({ slug }) => slug)]);
  const now = `'${NOW.toISOString()}'::timestamptz`;
  const fill: string[] = [
    `INSERT INTO territory (id, slug, name, created_at) SELECT ${ID(TERRITORY, 't', '0')}, 't' || t, 'Territoire ' || t, ${now} FROM t`,
    `INSERT INTO person (id, email, name, created_at) SELECT ${ID(PERSON, 't', 'p')}, 'p' || p || '@t' || t || '.example', 'Personne ' || p, ${now} FROM t, generate_series(0, ${ADVISORS - 1}) p`,
    `INSERT INTO membership (territory_id, person_id, role) SELECT ${ID(TERRITORY, 't', '0')}, ${ID(PERSON, 't', 'p')}, 'advisor' FROM t, generate_series(0, ${ADVISORS - 1}) p`,
    `INSERT INTO policy_version (territory_id, version, document, state, created_at) SELECT ${ID(TERRITORY, 't', '0')}, 1, '${JSON.stringify(policy)}', 'active', ${now} FROM t`,
    // A company has a site, the site an output and an input.
    `INSERT INTO company (id, territory_id, ref, name, referent_id, created_at, updated_at)
       SELECT ${ID(COMPANY, 't', 'f')}, ${ID(TERRITORY, 't', '0')}, 'C' || f, 'Entreprise ' || f, ${ID(PERSON, 't', `f % ${ADVISORS}`)}, ${now}, ${now} FROM t, generate_series(0, flows - 1) f`,
    `INSERT INTO site (id, territory_id, company_id, ref, latitude, longitude, commune, created_at, updated_at)
       SELECT ${ID(SITE, 't', 'f')}, ${ID(TERRITORY, 't', '0')}, ${ID(COMPANY, 't', 'f')}, 'S' || f, 44 + (f % 100) / 100.0, 1 + (f % 77) / 77.0, 'Montauban', ${now}, ${now} FROM t, generate_series(0, flows - 1) f`,
    `INSERT INTO flow (id, territory_id, site_id, ref, version, direction, category, description, quantity, months, wish, provenance, confirmed_on, updated_at)
       SELECT ${ID(FLOW, 't', '2 * f + d')}, ${ID(TERRITORY, 't', '0')}, ${ID(SITE, 't', 'f')}, 'F' || f || d, 1, (ARRAY['output', 'input'])[d + 1],
              (SELECT CASE d WHEN 0 THEN o ELSE i END FROM subs WHERE at = f % ${pairs.length}), 'flux ' || f, 100, 4095, 'yes', 'declared', '2026-10-01', ${now}
         FROM t, generate_series(0, flows - 1) f, generate_series(0, 1) d`,
    `INSERT INTO run (id, territory_id, week, attempt, state, cause, created_at, as_of, seed, code_version, policy_version, model_version, funnel, published_at)
       SELECT ${ID(RUN, 't', 'w.at')}, ${ID(TERRITORY, 't', '0')}, w.week, 1, 'published', 'schedule', ${now} - (${WEEKS - 1} - w.at) * interval '7 days', ${now}, 1, 'bench', 1, 0, '[]', ${now} - (${WEEKS - 1} - w.at) * interval '7 days' FROM t, weeks w`,
  ];
  // Candidate c of a territory: of its week by its number, of the c-th pair of outputs and inputs.
  const eachCandidate = 'FROM t, LATERAL generate_series(0, n - 1) c';
  const week = `(c::bigint * ${WEEKS} / n)::int`;
  const inWeek = `(c - (${week}::bigint * n + ${WEEKS - 1}) / ${WEEKS})`;
  const dice = (salt: number): string => `(abs(hashint4(c # ${salt})) % 100)`;
  const status = `CASE WHEN ${dice(7)} < 4 THEN 'replaced' WHEN w = ${WEEKS - 1} THEN CASE WHEN ${dice(11)} < 70 THEN 'open' ELSE 'decided' END
      WHEN w >= ${WEEKS - 5} AND ${dice(11)} < 5 THEN 'open' WHEN ${dice(11)} < 45 THEN 'decided' ELSE 'expired' END`;
  const bulk = [
    `INSERT INTO pair (id, territory_id, output_flow_id, input_flow_id) SELECT ${ID(PAIR, 't', 'c')}, ${ID(TERRITORY, 't', '0')}, ${ID(FLOW, 't', '2 * (c / flows)')}, ${ID(FLOW, 't', '2 * (c % flows) + 1')} ${eachCandidate}`,
    `INSERT INTO candidate (id, territory_id, pair_id, run_id, kind, rank, week, z, points, inclusion_probability, substitution, distance_km, features, parts, questions, caps_acted,
         output_version, input_version, policy_version, model_version, published_at)
       SELECT ${ID(CANDIDATE, 't', 'c')}, ${ID(TERRITORY, 't', '0')}, ${ID(PAIR, 't', 'c')}, ${ID(RUN, 't', 'w')}, 'listed', place + 1, weeks.week, 2 - place * 0.001, 28.9 - place * 0.0144, 1, subs.slug, ${dice(3)},
              '${JSON.stringify(FEATURES)}', '${JSON.stringify(PARTS)}', '["waste-code-weak"]', '[]', 1, 1, 1, 0, ${now} - (${WEEKS - 1} - w) * interval '7 days'
         FROM (SELECT t, c, flows, ${week} AS w, ${inWeek} AS place ${eachCandidate}) made JOIN weeks ON weeks.at = w JOIN subs ON subs.at = (c / flows) % ${pairs.length}`,
    // What the trigger would look up for each row, without it.
    'ALTER TABLE candidate_state DISABLE TRIGGER take_from_candidate',
    `INSERT INTO candidate_state (candidate_id, territory_id, pair_id, status, assigned_to, closed_at, week, rank, negative_points, distance_km)
       SELECT id, territory, pair, status, person, CASE WHEN status <> 'open' THEN ${now} - (${WEEKS - 1} - w) * interval '7 days' END, weeks.week, place + 1, -(28.9 - place * 0.0144), km
         FROM (SELECT ${ID(CANDIDATE, 't', 'c')} AS id, ${ID(TERRITORY, 't', '0')} AS territory, ${ID(PAIR, 't', 'c')} AS pair, ${ID(PERSON, 't', `c % ${ADVISORS}`)} AS person, w, place, ${dice(3)} AS km, ${status} AS status
                 FROM (SELECT t, c, ${week} AS w, ${inWeek} AS place ${eachCandidate}) made) stated JOIN weeks ON weeks.at = w`,
    'ALTER TABLE candidate_state ENABLE TRIGGER take_from_candidate',
    // What people said of the last half year.
    `INSERT INTO decision (id, territory_id, candidate_id, person_id, verdict, reason, decided_at, shown, output_version, input_version, policy_version, model_version)
       SELECT ('${String(DECISION).padStart(8, '0')}' || substr(s.candidate_id::text, 9))::uuid, s.territory_id, s.candidate_id, s.assigned_to, verdict, CASE verdict WHEN 'reject' THEN 'too-far' END, s.closed_at, '{}', 1, 1, 1, 0
         FROM (SELECT *, (ARRAY['accept', 'reject', 'reject'])[1 + abs(hashtext(candidate_id::text)) % 3] AS verdict FROM candidate_state WHERE status = 'decided' AND closed_at > ${now} - interval '180 days') s`,
    'INSERT INTO standing_decision (candidate_id, territory_id, decision_id, verdict) SELECT candidate_id, territory_id, id, verdict FROM decision',
  ];
  for (const statement of fill) await admin.query(statement);
  await fillBare(admin, ['pair', 'candidate', 'candidate_state', 'decision', 'standing_decision'], async () => {
    for (const statement of bulk) await admin.query(statement);
  });
  await admin.query('VACUUM ANALYZE');
  return {
    now: NOW,
    territories: counts.map((candidates, at) => ({
      id: idOf(TERRITORY, at, 0), candidates, people: Array.from({ length: ADVISORS }, (_, person) => idOf(PERSON, at, person)), company: idOf(COMPANY, at, 0),
    })),
  };
}
