/** How many steps a file may have, the finest first: a thousand fill most screens. */
const points: readonly [number, ...number[]] = [1_440, 720, 360, 180, 90];

export interface Fitted {
  readonly text: string;
  readonly points: number;
}

/**
 * The file with as many steps as `maxBytes` (UTF-8) allow; if even the coarsest do not fit, with fewer events, the newest
 * of them, down to none.
 */
export async function fitted(
  make: (points: number, eventsMax: number) => Promise<string>,
  maxBytes: number,
  mostEvents: number,
): Promise<Fitted> {
  const [finest] = points;
  let steps = finest;
  let text = '';
  for (steps of points) {
    text = await make(steps, mostEvents);
    if (Buffer.byteLength(text) <= maxBytes) return { text, points: steps };
  }
  for (let events = mostEvents >> 1; Buffer.byteLength(text) > maxBytes; events >>= 1) {
    text = await make(steps, events);
    if (events === 0) break;
  }
  return { text, points: steps };
}
