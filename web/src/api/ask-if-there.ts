const missing = new Set<string>();

/**
 * What an endpoint answers that a server of an earlier version lacks. Nothing depends on it: where it is missing, refuses or
 * does not answer, the page goes on without.
 * @param name under which it is remembered that there is none
 * @returns null: no answer
 */
export async function askIfThere<T>(name: string, address: string): Promise<T | null> {
  if (missing.has(name)) return null;
  try {
    const response = await fetch(address);
    if (response.status === 404) missing.add(name);
    return response.ok ? ((await response.json()) as T) : null;
  } catch {
    return null;
  }
}
