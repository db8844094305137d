import { hash, verify } from '@node-rs/argon2';

/** The package's defaults, said here so that they are seen: argon2id, 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of a random word that nobody knows, at the same cost: compared with when there is no hash, so that the answer takes as long. */
const NOBODYS = '$argon2id$v=19$m=19456,t=2,p=1$+CtLmMvq6QkIcrwnNlmAxg$kQonIS6k+g86e4gjB0pwSme/sbjqPYpGYS/OhBD+1/A';

/** argon2id, in the usual text form with its own salt and cost. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

/** Whether the password is the one of the hash; takes as long, and says no, when there is none. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const right = await verify(passwordHash ?? NOBODYS, password);
  return right && passwordHash !== null;
}
