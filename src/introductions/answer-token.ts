import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What the signature is for: a token of another purpose is no answer link. */
const PURPOSE = 'company-answer';
const TOKEN = /^([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

/** A secret for one answer link: 32 random bytes and their signature, as text that may stand in an address. */
export function newAnswerToken(secret: string): string {
  const random = randomBytes(32).toString('base64url');
  return `${random}.${signature(random, secret)}`;
}

/** Whether we made this token for this purpose: what was altered or made elsewhere is turned away before anything is looked up. */
export function isAnswerToken(token: string, secret: string): boolean {
  const [, random, signed] = TOKEN.exec(token) ?? [];
  if (random === undefined || signed === undefined) return false;
  return timingSafeEqual(Buffer.from(signed), Buffer.from(signature(random, secret)));
}

function signature(random: string, secret: string): string {
  return createHmac('sha256', secret).update(`${PURPOSE}.${random}`).digest('base64url');
}
