export const dangerLook =
  'inline-flex h-9 shrink-0 cursor-pointer items-center justify-center rounded-lg border border-bad/50 px-3 text-[0.8125rem] whitespace-nowrap text-bad hover:bg-raised disabled:cursor-default disabled:opacity-50';

export const momentLook = 'whitespace-nowrap tabular-nums';
