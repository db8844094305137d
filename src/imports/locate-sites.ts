import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { type GeocodedPlace, Geocoder, GeocoderAway } from '../platform/geocoder.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { placedSites } from './imports.queries.js';
import type { ReadRow, RowReader, SitePart } from './row-reader.js';

/** Questions asked at once: geocoders meant for everybody ask for moderation. */
const AT_ONCE = 4;
const MOST_REMEMBERED = 50_000;

/** Asks the geocoder about sites without coordinates, each address once; without a geocoder it does nothing. */
@Injectable()
export class LocateSites {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly geocoder: Geocoder | null,
  ) {}

  get on(): boolean {
    return this.geocoder !== null;
  }

  /** For one import: what was asked is remembered, and after the geocoder was found away nothing more is asked. */
  forImport(context: Context): PlaceFinder {
    return new PlaceFinder(this.unitOfWork, this.geocoder, context);
  }
}

export class PlaceFinder {
  private readonly answers = new Map<string, GeocodedPlace | null>();
  private away = false;

  constructor(private readonly unitOfWork: UnitOfWork, private readonly geocoder: Geocoder | null, private readonly context: Context) {}

  /** Fills in the places of these rows' sites; a row whose site has an address that nobody finds gets an error. */
  async place(rows: readonly ReadRow[], reader: Pick<RowReader, 'errorAt'>): Promise<void> {
    if (!this.geocoder) return;
    const asking = rows.flatMap((row) => (row.errors.length === 0 && row.site?.question ? [{ row, site: row.site, question: row.site.question }] : []));
    if (asking.length === 0) return;
    const placed = await this.unitOfWork.read(this.context, (tx) => placedSites(tx, asking.map(({ site }) => site.ref)));
    // An address that was found before is not asked again, so that the same file twice changes nothing and costs nothing.
    const open = asking.filter(({ site }) => {
      const known = placed.get(site.ref);
      return !(known && known.address === site.address && (known.communeCode === site.communeCode || known.commune === site.commune));
    });
    await this.ask(this.geocoder, [...new Set(open.map(({ question }) => question))].filter((question) => !this.answers.has(question)));
    for (const { row, site, question } of asking) {
      const known = placed.get(site.ref);
      if (known && !open.some((one) => one.site === site)) {
        row.placeError = null;
        continue;
      }
      this.apply(row, site, question, reader);
    }
  }

  private apply(row: ReadRow, site: SitePart, question: string, reader: Pick<RowReader, 'errorAt'>): void {
    const answer = this.answers.get(question);
    if (answer) {
      Object.assign(site, { latitude: answer.latitude, longitude: answer.longitude, placeOrigin: 'geocoded' });
      row.placeError = null;
    } else if (site.latitude === null && row.placeError === null) {
      row.errors.push(answer === null
        ? reader.errorAt('address', 'address-not-found', question, 'an address that the geocoder finds, a commune, or latitude and longitude')
        : reader.errorAt('address', 'geocoder-away', question, 'a commune, or latitude and longitude: the geocoder did not answer; or the same file again later'));
    }
  }

  private async ask(geocoder: Geocoder, questions: readonly string[]): Promise<void> {
    const waiting = [...questions];
    const worker = async (): Promise<void> => {
      for (let question = waiting.shift(); question !== undefined && !this.away; question = waiting.shift()) {
        try {
          const answer = await geocoder.locate(question);
          if (this.answers.size < MOST_REMEMBERED) this.answers.set(question, answer);
        } catch (error) {
          if (!(error instanceof GeocoderAway)) throw error;
          this.away = true;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }
}
