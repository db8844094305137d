/** A place that a geocoder found for an address; WGS 84 degrees. */
export interface GeocodedPlace {
  latitude: number;
  longitude: number;
  /** 0 to 1, the geocoder's own measure. */
  score: number;
}

/** The geocoder did not answer, three times over: nothing is known of the place, and asking on is useless for now. */
export class GeocoderAway extends Error {}

const TRIES = 3;
const TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 300;
/** Below this the answer is another street or another town. */
const LEAST_SCORE = 0.5;

/**
 * Asks a geocoder that answers like the Base Adresse Nationale (`/search/?q=…`, GeoJSON). The one file of the product
 * that opens a connection to it; off unless an address is configured.
 */
export class Geocoder {
  private readonly search: URL;

  /**
   * @param address with or without path, `https://geocoder.example.org`
   * @param options for tests: how to wait between tries, and for how long an answer is waited for
   */
  constructor(address: string, private readonly options: { pause?: (ms: number) => Promise<void>; timeoutMs?: number } = {}) {
    this.search = new URL('search/', address.endsWith('/') ? address : `${address}/`);
  }

  /**
   * The best place for an address in words; null when none is good enough.
   * @throws GeocoderAway when it does not answer, or only with errors, three times over
   */
  async locate(question: string): Promise<GeocodedPlace | null> {
    const url = new URL(this.search);
    // BAN refuses longer questions, and ones that do not begin with a letter or digit.
    url.searchParams.set('q', question.replace(/^[^\p{L}\p{N}]+/u, '').slice(0, 200));
    url.searchParams.set('limit', '1');
    const pause = this.options.pause ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
    let reason = '';
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      if (attempt > 1) await pause(FIRST_PAUSE_MS * 2 ** (attempt - 2));
      try {
        const response = await fetch(url, { signal: AbortSignal.timeout(this.options.timeoutMs ?? TIMEOUT_MS), headers: { accept: 'application/json' } });
        if (response.ok) return bestPlace(await response.json());
        await response.body?.cancel();
        reason = `status ${response.status}`;
        // The question is at fault, not the geocoder: another try gives the same.
        if (response.status === 400 || response.status === 404 || response.status === 422) return null;
      } catch (error) {
        reason = (error as Error).name === 'TimeoutError' ? 'no answer in time' : String((error as Error).message);
      }
    }
    throw new GeocoderAway(`the geocoder did not answer (${reason})`);
  }
}

/** First feature of a GeoJSON answer, if it is a point of this world and good enough. */
function bestPlace(answer: unknown): GeocodedPlace | null {
  const { features } = (answer ?? {}) as { features?: unknown };
  const first = (Array.isArray(features) ? features[0] : null) as { geometry?: { coordinates?: unknown }; properties?: { score?: unknown } } | null;
  const coordinates = first?.geometry?.coordinates;
  const score = first?.properties?.score;
  if (!Array.isArray(coordinates) || typeof score !== 'number' || score < LEAST_SCORE) return null;
  const [longitude, latitude] = coordinates as unknown[];
  if (typeof latitude !== 'number' || typeof longitude !== 'number' || !(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) return null;
  return { latitude, longitude, score };
}
