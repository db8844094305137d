import type { Capture } from './capture';

const PREFIX = 'maillon.capture.';

/** Captures by id; a key each, so that two tabs never overwrite each other's. */
export function keptCaptures(personId: string, territoryId: string): Capture[] {
  const found: Capture[] = [];
  for (let at = 0; at < localStorage.length; at += 1) {
    const key = localStorage.key(at);
    if (!key?.startsWith(PREFIX)) continue;
    try {
      const capture = JSON.parse(localStorage.getItem(key) ?? 'null') as Capture | null;
      if (capture?.personId === personId && capture.territoryId === territoryId) found.push(capture);
    } catch {
      // Not one of ours, or cut off: left where it is.
    }
  }
  return found.sort((one, other) => one.madeAt.localeCompare(other.madeAt));
}

/** @returns false: this device keeps nothing (private window, no room) */
export function keepCapture(capture: Capture): boolean {
  try {
    localStorage.setItem(PREFIX + capture.id, JSON.stringify(capture));
    return true;
  } catch {
    return false;
  }
}

export function forgetCapture(id: string): void {
  localStorage.removeItem(PREFIX + id);
}
