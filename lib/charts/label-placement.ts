/** A label that is to stand at a place on an axis, in px from its left edge. */
export interface AxisLabel {
  readonly x: number;
  /** Of its text, in px. */
  readonly width: number;
}

export interface PlacedLabel {
  readonly anchor: 'start' | 'middle' | 'end';
  readonly isShown: boolean;
}

/** Less space than this between two labels reads as one. */
const gapPxMin = 8;

function anchorOf({ x, width }: AxisLabel, across: number): PlacedLabel['anchor'] {
  if (x < width / 2) return 'start';
  return x > across - width / 2 ? 'end' : 'middle';
}

function reachOf(label: AxisLabel, across: number): readonly [left: number, right: number] {
  const left = { start: 0, middle: label.width / 2, end: label.width }[anchorOf(label, across)];
  return [label.x - left, label.x - left + label.width];
}

/**
 * Which labels an axis `across` px wide shows, and which way they stand, so that none is cut and none touches another:
 * all, or every second, third, … of them counted from the right, where the newest is. Those that would be cut in any
 * case are left out first. Sorted from left to right.
 */
export function placedLabels(labels: readonly AxisLabel[], across: number): readonly PlacedLabel[] {
  const whole = labels.filter((label) => {
    const [left, right] = reachOf(label, across);
    return left >= 0 && right <= across;
  });
  const everyNth = (every: number) => whole.filter((_, index) => (whole.length - 1 - index) % every === 0);
  const haveRoom = (shown: readonly AxisLabel[]) =>
    shown.every((label, index) => {
      const before = shown[index - 1];
      return !before || reachOf(label, across)[0] - reachOf(before, across)[1] >= gapPxMin;
    });
  let every = 1;
  while (every < whole.length && !haveRoom(everyNth(every))) every += 1;
  const shown = new Set(everyNth(every));
  return labels.map((label) => ({ anchor: anchorOf(label, across), isShown: shown.has(label) }));
}

const baseRootPx = 16;
/** As `.tick` has it. */
const tickRem = 0.6875;
const averageCharacterEm = 0.62;
let context: CanvasRenderingContext2D | null | undefined;

/** The px of a rem on this page: a wall screen has larger ones. */
export function rootPx(): number {
  if (typeof document === 'undefined') return baseRootPx;
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || baseRootPx;
}

/** How wide a text is on an axis, in px. */
export function tickWidth(text: string): number {
  const fontPx = tickRem * rootPx();
  context ??= document.createElement('canvas').getContext('2d');
  if (!context) return text.length * averageCharacterEm * fontPx;
  context.font = `${fontPx}px ${getComputedStyle(document.body).fontFamily}`;
  return Math.ceil(context.measureText(text).width) + 1;
}
