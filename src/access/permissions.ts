import type { Role } from './access.entities.js';

/**
 * What each role may do. A route names one of these or is refused; so do the actions that need more than the route says.
 * `list.*`, `candidate.*`, `introduction.*`, `company.*`, `flow.*`, `map.*` and `import.*` (raw rows) show names of companies: for advisors and contributors alone.
 * `month.read` shows aggregates; without `month.small-counts` those of fewer than five are kept back.
 */
const PERMISSIONS_OF_ROLE = {
  advisor: ['list.read', 'candidate.read', 'candidate.decide', 'candidate.make', 'introduction.read', 'introduction.edit', 'run.read', 'run.start', 'company.read', 'company.edit', 'flow.read', 'flow.edit', 'import.read', 'import.start', 'policy.read', 'territory.read', 'advisor.read', 'absence.edit-own', 'map.read', 'month.read', 'month.small-counts'],
  analyst: ['pseudonym.read', 'run.read', 'run.start', 'policy.read', 'policy.edit', 'territory.read', 'tuning.preview', 'month.read', 'month.small-counts'],
  contributor: ['company.read', 'company.edit', 'flow.read', 'flow.edit', 'import.read', 'import.start', 'territory.read', 'advisor.read', 'map.read'],
  administrator: ['people.read', 'people.edit', 'territory.read', 'territory.edit', 'run.read', 'advisor.read'],
  partner: ['territory.read', 'month.read'],
} as const satisfies Record<Role, readonly string[]>;

/** Something that a role may do. */
export type Permission = (typeof PERMISSIONS_OF_ROLE)[Role][number];

export function permissionsOf(roles: readonly Role[]): Set<Permission> {
  return new Set(roles.flatMap((role): readonly Permission[] => PERMISSIONS_OF_ROLE[role]));
}
