/**
 * Classes of PostgreSQL's codes that say nothing about the work itself: connection (08), out of resources (53), operator's
 * intervention (57), the system under it (58); and single ones: serialization failure, deadlock, lock not to be had.
 */
const PASSING_CLASSES = /^(08|53|57|58)|^(40001|40P01|55P03)$/;
const PASSING_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);
/** What the drivers say, without a code, when a connection goes or cannot be had. */
const PASSING_WORDS = /connection terminated|connection (is )?closed|connection error and is not queryable|timeout exceeded when trying to connect|driver not connected|max retries per request/i;

/**
 * Whether an error came from PostgreSQL or Redis being away, so that trying the same again later is right. Anything else
 * would come again: the job fails.
 */
export function isPassing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, driverError, cause } = error as { code?: unknown; message?: unknown; driverError?: unknown; cause?: unknown };
  if (typeof code === 'string' && (PASSING_CODES.has(code) || (/^[0-9A-Z]{5}$/.test(code) && PASSING_CLASSES.test(code)))) return true;
  if (typeof message === 'string' && PASSING_WORDS.test(message)) return true;
  return [driverError, cause].some((inner) => inner !== undefined && inner !== error && isPassing(inner));
}

/** An error in words that hold no data: its class and code. What the database or the queue may keep. */
export function withoutData(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error;
  const { name, code, constructor, driverError } = error as { name?: unknown; code?: unknown; constructor?: { name?: string }; driverError?: { code?: unknown; constraint?: unknown } };
  const words = [
    typeof name === 'string' && name !== 'Error' ? name : (constructor?.name ?? 'Error'),
    code ?? driverError?.code, driverError?.constraint,
  ];
  return words.filter((word) => typeof word === 'string' && word !== '').join(' ');
}
