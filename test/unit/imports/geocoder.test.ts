import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Geocoder, GeocoderAway } from '../../../src/platform/geocoder.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A geocoder that gives these answers in turn, the last one for ever; null: no answer at all. */
async function stub(...answers: ({ status: number; body: string } | null)[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(request.url ?? '');
    if (answer) response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const found = (latitude: number, longitude: number, score = 0.9): { status: number; body: string } => ({
  status: 200, body: JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', geometry: { type: 'Point', coordinates: [longitude, latitude] }, properties: { score } }] }),
});
const pauses: number[] = [];
const options = { pause: async (ms: number) => void pauses.push(ms), timeoutMs: 200 };

describe('the geocoder', () => {
  it('is asked for one place and its answer is read', async () => {
    const { url, asked } = await stub(found(44.02, 1.35));
    expect(await new Geocoder(`${url}/api`, options).locate('- 12 rue du Port 82000 Montauban')).toEqual({ latitude: 44.02, longitude: 1.35, score: 0.9 });
    expect(asked).toEqual(['/api/search/?q=12+rue+du+Port+82000+Montauban&limit=1']);
  });

  it('finds nothing in a weak answer, an empty one, or a place outside the world', async () => {
    for (const answer of [found(44, 1, 0.2), { status: 200, body: '{"features":[]}' }, found(440, 1), { status: 200, body: '[]' }, { status: 200, body: '{"features":[{}]}' }]) {
      const { url } = await stub(answer);
      expect(await new Geocoder(url, options).locate('x')).toBeNull();
      server?.close();
    }
  });

  it('is tried three times, longer apart each time, and then is away', async () => {
    pauses.length = 0;
    const { url, asked } = await stub({ status: 503, body: 'non' }, null);
    await expect(new Geocoder(url, options).locate('x')).rejects.toBeInstanceOf(GeocoderAway);
    expect(asked).toHaveLength(3);
    expect(pauses).toEqual([300, 600]);
  });

  it('that answers the second time has answered', async () => {
    const { url } = await stub({ status: 429, body: '' }, found(44, 1));
    expect(await new Geocoder(url, options).locate('x')).toMatchObject({ latitude: 44 });
  });

  it('that refuses the question is not asked the same again', async () => {
    const { url, asked } = await stub({ status: 400, body: '' });
    expect(await new Geocoder(url, options).locate('x')).toBeNull();
    expect(asked).toHaveLength(1);
  });

  it('that speaks no JSON is away', async () => {
    const { url } = await stub({ status: 200, body: '<html>' });
    await expect(new Geocoder(url, options).locate('x')).rejects.toThrow(/did not answer/);
  });
});
