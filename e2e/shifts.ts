import type { Page } from '@playwright/test';

/**
 * Rows of a table change places when another process is the busiest, and the words of the sentence at the top when it
 * says something else. Neither moves anything around it.
 */
export const movable = 'tbody, [data-tone]';

interface Watched {
  readonly shiftsSoFar: () => readonly string[];
}

/**
 * Notes every node of the page that shifts once the document is there and is not within `selector`. Call it before
 * the page is opened. Each node is checked by itself: an entry may be of rows that change places and of others as well.
 */
export async function watchShifts(page: Page, selector: string): Promise<void> {
  await page.addInitScript((within) => {
    interface Source {
      readonly node: Node | null;
      readonly previousRect: DOMRectReadOnly;
      readonly currentRect: DOMRectReadOnly;
    }
    const shifts: string[] = [];
    // As long as the document arrives, panels have the room of those that are still to come.
    let arrivedAt = Number.POSITIVE_INFINITY;
    document.addEventListener('DOMContentLoaded', () =>
      requestAnimationFrame(() => setTimeout(() => (arrivedAt = performance.now()))),
    );

    const isWithin = (inner: DOMRectReadOnly, outer: DOMRectReadOnly) =>
      inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1 && inner.left >= outer.left - 1;
    /** What was taken away before this is told has no place in the page any more, but it had one on it. */
    const mayMove = ({ node, currentRect }: Source) => {
      if (node) return (node instanceof Element ? node : node.parentElement)?.closest(within) != null;
      const places = [...document.querySelectorAll(within)].map((one) => one.getBoundingClientRect());
      return places.some((place) => isWithin(currentRect, place));
    };
    /** A text that begins elsewhere in a box that stands still: a figure at the right with a digit more. */
    const isNewFigure = ({ node, previousRect: before, currentRect: now }: Source) =>
      node instanceof Text &&
      !/\S\s+\S/.test(node.data.replaceAll('\u202f', '')) &&
      Math.abs(before.x - now.x) < 1 &&
      Math.abs(before.y - now.y) < 1 &&
      Math.abs(before.width - now.width) < 1;

    const check = (entries: readonly PerformanceEntry[]) => {
      for (const entry of entries) {
        if (entry.startTime < arrivedAt) continue;
        const { value, sources } = entry as PerformanceEntry & { value: number; sources: readonly Source[] };
        for (const source of sources) {
          const { node, previousRect: before, currentRect: now } = source;
          // What had no size was not seen anywhere else before.
          const isNew = before.width * before.height === 0;
          // The browser names whole lines: what begins and ends where it did has not moved.
          const isStill = before.x === now.x && before.y === now.y && before.width === now.width;
          if (isNew || isStill || mayMove(source) || isNewFigure(source)) continue;
          const from = `${before.x},${before.y} ${before.width}×${before.height}`;
          const to = `${now.x},${now.y} ${now.width}×${now.height}`;
          shifts.push(`${node?.nodeName} "${node?.textContent?.slice(0, 80)}" ${from} → ${to} in ${value}`);
        }
      }
    };
    const observer = new PerformanceObserver((list) => check(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    const shiftsSoFar = () => {
      check(observer.takeRecords());
      return shifts;
    };
    Object.assign(window, { shiftsSoFar });
  }, selector);
}

/** What has shifted so far, in words. */
export function shiftsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => (window as unknown as Watched).shiftsSoFar());
}

/** Waits until the CPU's chart has been drawn anew so many times. */
export async function outlive(page: Page, rounds: number): Promise<void> {
  const drawn = page.getByTestId('traces-cpu').first();
  await drawn.waitFor({ state: 'attached' });
  await drawn.evaluate(
    (traces, count) =>
      new Promise<void>((resolve) => {
        let moves = 0;
        const observer = new MutationObserver(() => {
          moves += 1;
          if (moves >= count) resolve();
        });
        observer.observe(traces, { attributes: true, attributeFilter: ['d'], subtree: true });
      }),
    rounds,
  );
}
