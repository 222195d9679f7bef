/** A time as its field takes it: by the reader's clock, to the second. */
export function fieldText(t: number): string {
  const local = new Date(t - new Date(t).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
