import { readdirSync, readFileSync } from 'node:fs';

/** How often a server's memory is looked at, ms. */
const EVERY_MS = 200;

/**
 * Watches what the PostgreSQL server of a backend holds: private memory of all its processes, and the largest share of the
 * shared buffers that one of them has touched. 0 where the system does not tell (not Linux).
 */
export function watchServerMemory(backend: number): { peakMb(): number; stop(): void } {
  const postmaster = statusOf(backend)?.parent;
  let peak = 0;
  const look = (): void => {
    let [own, shared] = [0, 0];
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      const status = statusOf(Number(name));
      if (status === undefined || (status.parent !== postmaster && Number(name) !== postmaster)) continue;
      own += status.ownKb;
      shared = Math.max(shared, status.sharedKb);
    }
    peak = Math.max(peak, (own + shared) / 1024);
  };
  if (postmaster === undefined) return { peakMb: () => 0, stop: () => undefined };
  const timer = setInterval(look, EVERY_MS);
  timer.unref();
  return {
    peakMb: () => {
      look();
      return peak;
    },
    stop: () => clearInterval(timer),
  };
}

function statusOf(pid: number): { parent: number; ownKb: number; sharedKb: number } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return undefined; // it has ended, or this is no Linux
  }
  const figure = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { parent: figure('PPid'), ownKb: figure('RssAnon'), sharedKb: figure('RssShmem') };
}

/** Clock ticks of the kernel in a second, as every Linux has them. */
const TICKS_A_SECOND = 100;

/** Processor time that processes have used, ms; 0 where the system does not tell. */
export function cpuMsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      // Fields 14 and 15; the name before them may hold anything but ends with the last parenthesis.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
      return sum + ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_A_SECOND;
    } catch {
      return sum;
    }
  }, 0);
}
