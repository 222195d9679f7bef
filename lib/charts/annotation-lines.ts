/** A level that means something: a rule fires there, a sensor's maker gives it as its limit. */
export interface Threshold {
  readonly value: number;
  readonly label: string;
  readonly tone: 'warning' | 'critical';
}

/** A time at which something happened. */
export interface AnnotationLine {
  /** Unix ms on the host's clock. */
  readonly t: number;
  readonly label: string;
  readonly tone: 'info' | 'warning' | 'critical';
}

/** A stretch of time of which nothing is known, and why: Unix ms, the second exclusive. */
export interface AxisGap {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export const annotationTones = [
  'info',
  'warning',
  'critical',
] as const satisfies readonly AnnotationLine['tone'][];

export const hueOfTone: Readonly<Record<AnnotationLine['tone'], string>> = {
  info: 'var(--soft)',
  warning: 'var(--warn)',
  critical: 'var(--bad)',
};

/** A line from top to bottom at each time, with a flag that makes it visible: one path for all of a tone. */
export function annotationPath(
  marks: readonly AnnotationLine[],
  tone: AnnotationLine['tone'],
  x: (t: number) => number,
  height: number,
): string {
  return marks
    .filter((mark) => mark.tone === tone)
    .map(({ t }) => {
      const at = x(t).toFixed(1);
      return `M${at} ${height}V0h6l-2 3.5l2 3.5h-6`;
    })
    .join('');
}

/** Narrower than this it would be invisible. */
const gapPxMin = 2;

/** Where on an axis nothing is known, in px; what is outside of `0` to `width` is left out. */
export function gapSpans(
  gaps: readonly AxisGap[],
  x: (t: number) => number,
  width: number,
): readonly { readonly left: number; readonly across: number }[] {
  return gaps.flatMap(({ from, to }) => {
    const left = Math.max(0, x(from));
    if (left > width || x(to) < 0) return [];
    return [{ left, across: Math.max(gapPxMin, Math.min(width, x(to)) - left) }];
  });
}
