import { Clock } from '../../src/platform/clock.js';

/** Stands still until told otherwise. Starts on Monday 2026-11-23, 08:00 in Paris. */
export class FakeClock extends Clock {
  constructor(private at: Date = new Date('2026-11-23T07:00:00Z')) {
    super();
  }

  now(): Date {
    return this.at;
  }

  set(at: Date | string): void {
    this.at = new Date(at);
  }

  advance(span: { days?: number; hours?: number; seconds?: number }): void {
    this.at = new Date(this.at.getTime() + ((span.days ?? 0) * 86_400 + (span.hours ?? 0) * 3_600 + (span.seconds ?? 0)) * 1_000);
  }
}
