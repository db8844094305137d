/** A site known to the territory, as an outsider could tell it apart. */
export interface KnownSite {
  companyId: string;
  /** NAF sub-class without dot, `1051C`. */
  naf: string | null;
  /** From the reader's site. */
  distanceKm: number | null;
  /** Of the flow's category, base unit a year, if known. */
  quantity: number | null;
}

export interface DescribedSide {
  naf: string | null;
  distanceKm: number | null;
  quantity: number | null;
}

/** What the reader is told of the other side. Bands hold their lower edge and not their upper one. */
export interface CoarseDescription {
  /** What is kept of the NAF: sub-class `1051C`, class `1051`, group `105`, division `10`, the section's letter `C`, or `''`: nothing said. */
  activity: string;
  distance: { fromKm: number; toKm: number } | null;
  /** Base unit a year. */
  quantity: { from: number; to: number } | null;
  /** Companies known to the territory that fit all of it, the described one included. */
  fitting: number;
}

export const FITTING_WANTED = 5;

/** A way to say one thing of a side, with what the reader loses by it. */
interface Level<T> {
  said: T;
  loss: number;
}

interface Band {
  from: number;
  to: number;
}

/**
 * What a reader loses by each level, on one scale for all three axes, so that the sharpest combination is the one that
 * loses least. The fine activity is given up first: next to a place it is almost a name, and a reader gains little from
 * knowing that a food company makes cheese. Then the distance to 20 km and the figure to its order of size, which both
 * still answer "is it worth a lorry"; a section ("manufacturing") says so little that they go before it. Nothing at all on
 * the activity or the size comes late, and on the distance, which decides most exchanges, last.
 */
const LOSS = {
  activity: { subClass: 0, class: 1, group: 2, division: 3, section: 6, nothing: 12 },
  distance: { 5: 0, 10: 1, 20: 3, 40: 8, nothing: 16 },
  quantity: { step: 0, decade: 4, nothing: 10 },
} as const;

/** Each width is a multiple of the one before, so that a narrower band always lies within a wider one. */
const WIDTHS_KM = [5, 10, 20, 40] as const;

/**
 * Says of one side only what at least `wanted` companies fit, as sharply as that allows.
 *
 * Who fits: everybody whom an outsider could not rule out. Activity and place of a company are public, so a site without a
 * known activity or place does not count towards a description that states one; how much of a thing a site has, nobody
 * outside knows, so only a known and different quantity rules it out.
 *
 * Bands lie on a fixed grid and are never centred on the true value: within its narrowest band the value changes nothing.
 * More known sites never make the description broader. The price of that: whoever had the whole list of known sites and
 * this rule could ask for whom a sharper description would not have done, and be left with fewer than `wanted`.
 *
 * @param known every known site, the described one among them and the reader's own left out. It decides how much the
 *   number is worth: the resource that a letter names narrows the circle as well, which the caller may heed by giving only
 *   the sites that could have it.
 * @param sectionOf the section's letter of a NAF sub-class, `''` when the code is not known
 * @returns the broadest description, with `fitting` below `wanted`, when none is broad enough: an advisor decides then
 */
export function coarsen(described: DescribedSide, known: readonly KnownSite[], sectionOf: (naf: string) => string, wanted = FITTING_WANTED): CoarseDescription {
  const combinations = activityLevels(described.naf, sectionOf)
    .flatMap((activity) => distanceLevels(described.distanceKm)
      .flatMap((distance) => quantityLevels(described.quantity)
        .map((quantity) => ({ activity: activity.said, distance: distance.said, quantity: quantity.said, loss: activity.loss + distance.loss + quantity.loss }))))
    .sort((a, b) => a.loss - b.loss);
  let description: CoarseDescription = { activity: '', distance: null, quantity: null, fitting: 0 };
  for (const { activity, distance, quantity } of combinations) {
    const fitting = new Set(known.filter((site) => isOfActivity(site.naf, activity, sectionOf) && (distance === null || isWithin(site.distanceKm, distance))
      && (quantity === null || site.quantity === null || isWithin(site.quantity, quantity))).map((site) => site.companyId)).size;
    description = { activity, distance: distance && { fromKm: distance.from, toKm: distance.to }, quantity, fitting };
    if (fitting >= wanted) break;
  }
  return description;
}

function isWithin(value: number | null, band: Band): boolean {
  return value !== null && value >= band.from && value < band.to;
}

function isOfActivity(naf: string | null, activity: string, sectionOf: (naf: string) => string): boolean {
  if (activity === '') return true;
  if (naf === null) return false;
  return /^[A-Z]$/.test(activity) ? sectionOf(naf) === activity : naf.startsWith(activity);
}

/** From the sharpest to nothing said, which is always there. */
function activityLevels(naf: string | null, sectionOf: (naf: string) => string): Level<string>[] {
  const { subClass, class: ofClass, group, division, section, nothing } = LOSS.activity;
  const levels: Level<string>[] = [];
  if (naf !== null && /^\d{4}[A-Z]$/.test(naf)) {
    levels.push({ said: naf, loss: subClass }, { said: naf.slice(0, 4), loss: ofClass }, { said: naf.slice(0, 3), loss: group }, { said: naf.slice(0, 2), loss: division });
    const letter = sectionOf(naf);
    if (letter !== '') levels.push({ said: letter, loss: section });
  }
  return [...levels, { said: '', loss: nothing }];
}

function distanceLevels(distanceKm: number | null): Level<Band | null>[] {
  const bands = distanceKm === null || !(distanceKm >= 0 && distanceKm < Infinity) ? [] : WIDTHS_KM.map((width) => {
    const from = Math.floor(distanceKm / width) * width;
    return { said: { from, to: from + width }, loss: LOSS.distance[width] };
  });
  return [...bands, { said: null, loss: LOSS.distance.nothing }];
}

/** Steps of 1, 2, 5, 10: about one significant digit, and about the same ratio everywhere; then the whole decade. */
function quantityLevels(quantity: number | null): Level<Band | null>[] {
  const levels: Level<Band | null>[] = [];
  if (quantity !== null && quantity > 0 && quantity < Infinity) {
    // The decade from the number's own text: a logarithm is off by one near some powers of ten.
    const exponent = Number(quantity.toExponential().split('e')[1]);
    const [one, two, five, ten] = [`1e${exponent}`, `2e${exponent}`, `5e${exponent}`, `1e${exponent + 1}`].map(Number) as [number, number, number, number];
    const step = quantity < two ? { from: one, to: two } : quantity < five ? { from: two, to: five } : { from: five, to: ten };
    levels.push({ said: step, loss: LOSS.quantity.step }, { said: { from: one, to: ten }, loss: LOSS.quantity.decade });
  }
  return [...levels, { said: null, loss: LOSS.quantity.nothing }];
}
