/** The one button that one came for. */
export const primaryLook =
  'inline-flex h-9 shrink-0 cursor-pointer items-center justify-center gap-1.5 rounded-lg bg-ink px-4 text-[0.8125rem] font-semibold whitespace-nowrap text-page hover:opacity-90 disabled:cursor-default disabled:opacity-50';

export const dangerLook =
  'inline-flex h-9 shrink-0 cursor-pointer items-center justify-center rounded-lg border border-bad/50 px-3 text-[0.8125rem] whitespace-nowrap text-bad hover:bg-raised disabled:cursor-default disabled:opacity-50';

export const cardLook = 'rounded-xl border border-line bg-panel';
