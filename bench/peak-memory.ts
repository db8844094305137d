import { readFileSync, writeFileSync } from 'node:fs';

/** Forgets the peak so far: what made the world of a bench is not the engine's. Without effect where the system has no such thing. */
export function forgetPeak(): void {
  (globalThis as { gc?: () => void }).gc?.();
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    return; // not Linux: the peak is that of the whole life of the process
  }
}

/** Peak resident memory of this process, MB. */
export function peakMb(): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
