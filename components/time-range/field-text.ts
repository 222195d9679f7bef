/** A moment as its field takes it: by the reader's clock, to the second. */
export function fieldText(t: number): string {
  const local = new Date(t - new Date(t).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

export const field = 'h-8 min-w-0 rounded-md border border-line bg-page px-2 text-xs text-ink';
export const action =
  'h-8 cursor-pointer rounded-md border border-line px-3 hover:bg-raised hover:text-ink disabled:cursor-default disabled:opacity-60';
