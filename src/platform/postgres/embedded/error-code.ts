/**
 * The code of a failed system call ('ENOENT') or query ('28P01'), or undefined.
 * Looks at the value's shape: an `instanceof Error` is false for an error made in another realm, as Node's own are under Jest.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
