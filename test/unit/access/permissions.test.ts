import { describe, expect, it } from '@jest/globals';
import { ROLES } from '../../../src/access/access.entities.js';
import { permissionsOf } from '../../../src/access/permissions.js';

/** What each role may do, written down a second time: a change of one side alone is a mistake. */
const STATED = {
  advisor: ['absence.edit-own', 'advisor.read', 'candidate.decide', 'candidate.make', 'candidate.read', 'company.edit', 'company.read', 'flow.edit', 'flow.read', 'import.read', 'import.start', 'introduction.edit', 'introduction.read', 'list.read', 'map.read', 'month.read', 'month.small-counts', 'policy.read', 'run.read', 'run.start', 'territory.read'],
  analyst: ['month.read', 'month.small-counts', 'policy.edit', 'policy.read', 'pseudonym.read', 'run.read', 'run.start', 'territory.read', 'tuning.preview'],
  contributor: ['advisor.read', 'company.edit', 'company.read', 'flow.edit', 'flow.read', 'import.read', 'import.start', 'map.read', 'territory.read'],
  administrator: ['advisor.read', 'people.edit', 'people.read', 'run.read', 'territory.edit', 'territory.read'],
  partner: ['month.read', 'territory.read'],
};

/** What shows names of companies: lists, leads, introductions, companies, flows, the map, and imports with their raw rows. */
const NAMES_COMPANIES = /^(list|candidate|introduction|company|flow|map|import)\./;

describe('permissions', () => {
  it.each(ROLES)('of the role %s are those that are stated, no more and no fewer', (role) => {
    expect([...permissionsOf([role])].sort()).toEqual(STATED[role]);
  });

  it('let advisors and contributors see names of companies, and no other role', () => {
    const seeing = ROLES.filter((role) => [...permissionsOf([role])].some((permission) => NAMES_COMPANIES.test(permission)));
    expect([...seeing].sort()).toEqual(['advisor', 'contributor']);
  });

  it('let nobody change people or territories but an administrator', () => {
    const changing = ROLES.filter((role) => permissionsOf([role]).has('people.edit') || permissionsOf([role]).has('territory.edit'));
    expect(changing).toEqual(['administrator']);
  });

  it('of several roles are the permissions of each', () => {
    expect(permissionsOf(['analyst', 'administrator'])).toEqual(new Set([...STATED.analyst, ...STATED.administrator]));
  });
});
