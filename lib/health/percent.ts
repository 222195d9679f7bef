/** `part` of `whole` in percent; `null` where either is missing or there is no whole. */
export function share(part: number | null | undefined, whole: number | null | undefined): number | null {
  return part == null || !whole ? null : (part / whole) * 100;
}
