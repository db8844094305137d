import { pino, type Logger } from 'pino';

/** What of an error goes into the log: kind, code, constraint and the places in the code. */
interface LoggedError {
  type: string;
  code?: string;
  constraint?: string;
  stack: string;
}

/**
 * An error without what it was about. PostgreSQL's errors carry the query's parameters and the row in question, messages
 * quote values: a log holds ids, never names, so all of that stays out. The frames say where; the type and code say what.
 */
export function withoutValues(error: unknown): LoggedError {
  const { name, code, stack, driverError } = (error ?? {}) as { name?: unknown; code?: unknown; stack?: unknown; driverError?: { code?: unknown; constraint?: unknown } };
  const found = driverError?.code ?? code;
  const constraint = driverError?.constraint;
  const frames = String(stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: typeof name === 'string' ? name : typeof error,
    ...(typeof found === 'string' ? { code: found } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    stack: frames.join('\n'),
  };
}

/** One JSON line an event, to standard error. Ids, never names; level ERROR means somebody must act. */
export function makeLogger(level: string): Logger {
  return pino({ level, base: null, serializers: { err: withoutValues } }, pino.destination({ dest: 2, sync: true }));
}
