import { describe, expect, it } from '@jest/globals';
import { hashPassword, verifyPassword } from '../../../src/access/hash-password.js';
import { checkNewPassword } from '../../../src/access/passwords.js';
import { Problem } from '../../../src/platform/problem.js';

function refusal(password: string): Problem | null {
  try {
    checkNewPassword(password, 'password');
    return null;
  } catch (error) {
    return error as Problem;
  }
}

describe('a new password', () => {
  it('is taken from twelve characters on, whatever alphabet they are of', () => {
    expect(refusal('abcdefghijkl')).toBeNull();
    expect(refusal('éàùçêîôûäëïö')).toBeNull();
  });

  it.each([['abcdefghijk', 'password-too-short'], ['🌻🌻🌻🌻🌻🌻', 'password-too-short'], ['x'.repeat(30), 'password-too-plain'], ['abcdefgh'.repeat(40), 'password-too-long']])(
    'is refused by the name of the rule it breaks, without being repeated: %s', (password, code) => {
      const problem = refusal(password);
      expect(problem).toMatchObject({ status: 422, code, errors: [{ field: 'password', code }] });
      expect(JSON.stringify([problem?.message, problem?.errors])).not.toContain(password);
    });

  it('is kept as argon2id, each time with another salt, and found again', async () => {
    const [one, other] = await Promise.all([hashPassword('quatre chevaux'), hashPassword('quatre chevaux')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await verifyPassword(one, 'quatre chevaux')).toBe(true);
    expect(await verifyPassword(one, 'quatre cheveux')).toBe(false);
    expect(await verifyPassword(null, 'quatre chevaux')).toBe(false);
  });
});
