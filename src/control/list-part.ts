// A list, of which one answer tells a part: packets wait while a command is answered, however many rows there are.

/** What may be listed, by number; numbers without a row have nothing to list. */
export interface Listed<View> {
  readonly rowCount: number;
  /** Whether it is one of those that are asked for; cheap. */
  has(row: number): boolean;
  view(row: number): View;
}

export interface ListWanted {
  /** Where this part begins: 0, or `next` of the part before. */
  readonly from: number;
  /** Rows that are told; those beyond are counted only. */
  readonly limit: number;
  /** In lower case; what none of a row's values contains is passed over. Empty: nothing is searched. */
  readonly search: string;
}

export interface ListPart<View> {
  /** Those that fit, told or not, of this part. */
  readonly count: number;
  readonly views: readonly View[];
  /** Absent behind the last. */
  readonly next?: number;
}

/** A part ends when it has cost this much: looked at a row is 1, and told in words a good deal more. A few milliseconds. */
const costMax = 20_000;
const viewCost = 50;

const wholeOr = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : otherwise;

/** From a command's arguments; what is no number counts as not said. */
export const listWanted = (given: Readonly<Record<string, unknown>>): ListWanted => ({
  from: wholeOr(given['from'], 0),
  limit: wholeOr(given['limit'], Infinity),
  search: typeof given['search'] === 'string' ? given['search'].toLowerCase() : '',
});

export function listPart<View extends object>(listed: Listed<View>, { from, limit, search }: ListWanted): ListPart<View> {
  const views: View[] = [];
  let count = 0;
  let cost = 0;
  let row = from;
  for (; row < listed.rowCount && cost < costMax; row++) {
    cost++;
    if (!listed.has(row)) continue;
    if (search === '' && count >= limit) {
      count++;
      continue;
    }
    cost += viewCost;
    const view = listed.view(row);
    if (contains(view, search) && ++count <= limit) views.push(view);
  }
  return { count, views, ...(row < listed.rowCount ? { next: row } : {}) };
}

const contains = (view: object, search: string): boolean =>
  search === '' || Object.values(view).some((value) => String(value).toLowerCase().includes(search));
