import { pino, type Logger } from 'pino';

/** One JSON line an event, to standard error. Ids, never names; level ERROR means somebody must act. */
export function makeLogger(level: string): Logger {
  return pino({ level, base: null, redact: ['*.password', '*.token', '*.email', 'req.headers.cookie'] }, pino.destination({ dest: 2, sync: true }));
}
