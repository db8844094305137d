import type { Transaction } from '../platform/postgres/unit-of-work.js';
import { notFound, Problem } from '../platform/problem.js';
import { canonicalJson, sha256 } from './canonical-json.js';
import type { PolicyState } from './matching.entities.js';
import { type Policy, parsePolicy, PolicyError } from './policy.js';

/** A version of the policy; the document of one that has been active never changes. */
export interface PolicyVersionRow {
  version: number;
  state: PolicyState;
  note: string | null;
  basedOn: number | null;
  createdBy: { id: string; name: string | null } | null;
  createdAt: Date;
  activatedAt: Date | null;
}

export interface PolicyDocumentRow extends PolicyVersionRow {
  document: Policy;
  /** Changes with every edit of a draft: what If-Match holds. */
  tag: string;
}

interface Row extends Omit<PolicyVersionRow, 'createdBy'> {
  creatorId: string | null;
  creatorName: string | null;
}

const COLUMNS = `v.version, v.state, v.note, v.based_on AS "basedOn", v.created_by AS "creatorId", p.name AS "creatorName", v.created_at AS "createdAt", v.activated_at AS "activatedAt"`;

function versionOf({ creatorId, creatorName, ...row }: Row): PolicyVersionRow {
  return { ...row, createdBy: creatorId === null ? null : { id: creatorId, name: creatorName } };
}

/** Versions of the territory, the newest first. @param before versions under this one only; null: from the newest on */
export async function policyVersions(tx: Transaction, before: number | null, limit: number): Promise<PolicyVersionRow[]> {
  const rows = await tx.sql<Row>(
    `SELECT ${COLUMNS} FROM policy_version v LEFT JOIN person p ON p.id = v.created_by
     WHERE v.territory_id = $1 AND ($2::int IS NULL OR v.version < $2) ORDER BY v.version DESC LIMIT $3`, [tx.context.territoryId, before, limit]);
  return rows.map(versionOf);
}

/** One version with its document. @throws Problem 404 */
export async function policyVersion(tx: Transaction, version: number): Promise<PolicyDocumentRow> {
  const [row] = await tx.sql<Row & { document: Policy }>(
    `SELECT ${COLUMNS}, v.document FROM policy_version v LEFT JOIN person p ON p.id = v.created_by WHERE v.territory_id = $1 AND v.version = $2`, [tx.context.territoryId, version]);
  if (row === undefined) throw notFound('policy version');
  const { document, ...rest } = row;
  return { ...versionOf(rest), document, tag: tagOf(rest.state, document) };
}

function tagOf(state: PolicyState, document: Policy): string {
  return sha256(canonicalJson({ state, document })).slice(0, 16);
}

/**
 * Checks a document. @throws Problem 422 that names the field, what it holds and what it may hold
 */
export function checkDocument(document: unknown): Policy {
  try {
    return parsePolicy(document, 'document');
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new Problem(422, 'invalid-fields', 'The policy is not valid.', [{ field: `document.${error.field}`, code: 'out-of-range', found: error.found.slice(0, 200), expected: error.expected }]);
  }
}

/** One change of the territory's policies at a time: whoever comes second sees what the first has done. */
async function lockPolicies(tx: Transaction): Promise<void> {
  await tx.sql("SELECT pg_advisory_xact_lock(hashtextextended('policy/' || $1, 0))", [tx.context.territoryId]);
}

async function activeNumber(tx: Transaction): Promise<number> {
  const [active] = await tx.sql<{ version: number }>("SELECT version FROM policy_version WHERE territory_id = $1 AND state = 'active'", [tx.context.territoryId]);
  if (active === undefined) throw new Problem(409, 'no-active-policy', 'The territory has no active policy yet.');
  return active.version;
}

async function insertVersion(tx: Transaction, document: Policy, state: PolicyState, note: string | null, basedOn: number): Promise<number> {
  const { territoryId, personId } = tx.context;
  const [{ version }] = await tx.sql<{ version: number }>(
    `INSERT INTO policy_version (territory_id, version, document, state, note, based_on, created_by, created_at, activated_at)
     SELECT $1, max(version) + 1, $2, $3::text, $4, $5, $6, $7, CASE WHEN $3 = 'active' THEN $7::timestamptz END FROM policy_version WHERE territory_id = $1 RETURNING version`,
    [territoryId, canonicalJson(document), state, note, basedOn, personId, tx.now]);
  return version;
}

/** A draft with the document of the active version. @returns its number */
export async function createDraft(tx: Transaction): Promise<number> {
  await lockPolicies(tx);
  const active = await activeNumber(tx);
  const { document } = await policyVersion(tx, active);
  const version = await insertVersion(tx, document, 'draft', null, active);
  await tx.audit({ action: 'policy.drafted', subjectType: 'policy', subjectId: String(version), data: { basedOn: active } });
  return version;
}

/** The draft, if it is still what was on screen. @throws Problem 404, 409 when it is no draft, 412 */
async function draftToChange(tx: Transaction, version: number, tag: string): Promise<PolicyDocumentRow> {
  await lockPolicies(tx);
  const found = await policyVersion(tx, version);
  if (found.state !== 'draft') throw new Problem(409, 'not-a-draft', `Version ${version} is ${found.state} and does not change any more; take a new draft.`);
  if (found.tag !== tag) throw new Problem(412, 'stale', 'This draft has changed since you were shown it; load it again.');
  return found;
}

/** Replaces the document of a draft. @throws Problem 404, 409, 412, 422 with the field */
export async function editDraft(tx: Transaction, version: number, tag: string, document: unknown): Promise<PolicyDocumentRow> {
  await draftToChange(tx, version, tag);
  const checked = checkDocument(document);
  await tx.sql("UPDATE policy_version SET document = $3 WHERE territory_id = $1 AND version = $2 AND state = 'draft'", [tx.context.territoryId, version, canonicalJson(checked)]);
  await tx.audit({ action: 'policy.edited', subjectType: 'policy', subjectId: String(version) });
  return policyVersion(tx, version);
}

async function retireActive(tx: Transaction): Promise<void> {
  await tx.sql("UPDATE policy_version SET state = 'retired' WHERE territory_id = $1 AND state = 'active'", [tx.context.territoryId]);
}

/**
 * Makes a draft the active version, from the next run on; the former one retires. Of two drafts of the same version only
 * the first becomes active: whoever comes second has not seen what would be lost.
 * @param replaces version that the sender knows to be active
 * @throws Problem 404, 409 (no draft; another version is active), 412, 422 (the document was valid under other rules)
 */
export async function activateDraft(tx: Transaction, version: number, tag: string, note: string, replaces: number | null): Promise<PolicyDocumentRow> {
  const draft = await draftToChange(tx, version, tag);
  checkDocument(draft.document);
  const active = await activeNumber(tx);
  const known = replaces ?? draft.basedOn;
  if (known !== active) {
    throw new Problem(409, 'active-changed', `Version ${active} has become active since; this draft was made from version ${known ?? 'unknown'}. Look at both and say which one it replaces.`,
      [{ field: 'replaces', code: 'not-active', found: String(known), expected: String(active) }]);
  }
  await retireActive(tx);
  await tx.sql("UPDATE policy_version SET state = 'active', note = $3, activated_at = $4 WHERE territory_id = $1 AND version = $2", [tx.context.territoryId, version, note, tx.now]);
  await tx.audit({ action: 'policy.activated', subjectType: 'policy', subjectId: String(version), data: { replaces: active, note } });
  return policyVersion(tx, version);
}

/**
 * Takes an earlier version's document up again, as a new version that is active at once.
 * @param replaces version that the sender knows to be active
 * @throws Problem 404, 409 (the version never was active, or is; another version is active), 422
 */
export async function rollBack(tx: Transaction, toVersion: number, note: string, replaces: number): Promise<PolicyDocumentRow> {
  await lockPolicies(tx);
  const former = await policyVersion(tx, toVersion);
  if (former.state !== 'retired') throw new Problem(409, 'not-a-former-version', `Version ${toVersion} is ${former.state}; only one that was active before is taken up again.`);
  const active = await activeNumber(tx);
  if (replaces !== active) throw new Problem(409, 'active-changed', `Version ${active} has become active since.`, [{ field: 'replaces', code: 'not-active', found: String(replaces), expected: String(active) }]);
  const document = checkDocument(former.document);
  await retireActive(tx);
  const version = await insertVersion(tx, document, 'active', note, toVersion);
  await tx.audit({ action: 'policy.rolled-back', subjectType: 'policy', subjectId: String(version), data: { to: toVersion, replaces: active, note } });
  return policyVersion(tx, version);
}
