import { createHash, randomBytes } from 'node:crypto';

/** A secret for one link: 32 random bytes, as text that may stand in an address. */
export function newAccessToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of it: SHA-256. */
export function hashAccessToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
