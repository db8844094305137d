import { Problem } from '../platform/problem.js';

/** In characters, as people count them. */
const SHORTEST_PASSWORD = 12;
const LONGEST_PASSWORD = 200;
/** `aaaaaaaaaaaa` is long and no secret. */
const FEWEST_DIFFERENT = 5;

/**
 * The rules for a new password.
 * @param field name of the field in the request
 * @throws Problem 422 with the broken rule by name; it never holds the password itself.
 */
export function checkNewPassword(password: string, field: string): void {
  const characters = [...password];
  const refuse = (code: string, found: string, expected: string): never => {
    throw new Problem(422, code, `This password is refused: expected ${expected}.`, [{ field, code, found, expected }]);
  };
  if (characters.length < SHORTEST_PASSWORD) refuse('password-too-short', `${characters.length} characters`, `at least ${SHORTEST_PASSWORD} characters`);
  if (characters.length > LONGEST_PASSWORD) refuse('password-too-long', `${characters.length} characters`, `at most ${LONGEST_PASSWORD} characters`);
  const different = new Set(characters).size;
  if (different < FEWEST_DIFFERENT) refuse('password-too-plain', `${different} different characters`, `at least ${FEWEST_DIFFERENT} different characters`);
}
