import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../config/env.js';

const EVERY_MS = 5_000;

/** Where a worker says that it lives: an ISO time, written again at least every half minute while it can do its work. */
export function heartbeatFile(env: Env): string {
  return join(env.DATA_DIR, 'worker.heartbeat');
}

/** Notes that the worker is alive and reaches its database; often called, seldom written. */
export class Heartbeat {
  private writtenAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly file: string, private readonly now: () => Date) {}

  beat(): void {
    if (performance.now() - this.writtenAt < EVERY_MS) return;
    this.writtenAt = performance.now();
    mkdirSync(join(this.file, '..'), { recursive: true });
    const whole = `${this.file}.${process.pid}`;
    writeFileSync(whole, `${this.now().toISOString()}\n`);
    renameSync(whole, this.file);
  }
}
