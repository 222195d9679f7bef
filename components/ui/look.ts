/** One line to type into, or to choose from. */
export const fieldLook =
  'h-9 min-w-0 rounded-lg border border-line bg-page px-2.5 text-[0.8125rem] text-ink placeholder:text-faint aria-invalid:border-bad disabled:opacity-60';

export const chipLook =
  'inline-flex h-8 shrink-0 cursor-pointer items-center gap-1.5 rounded-full border border-line px-2.5 text-xs whitespace-nowrap text-soft hover:bg-raised hover:text-ink aria-pressed:border-cpu aria-pressed:bg-[color-mix(in_srgb,var(--hue-cpu)_16%,transparent)] aria-pressed:text-ink';

export const buttonLook =
  'inline-flex h-9 shrink-0 cursor-pointer items-center justify-center gap-1.5 rounded-lg border border-line px-3 text-[0.8125rem] whitespace-nowrap text-soft hover:bg-raised hover:text-ink disabled:cursor-default disabled:opacity-50 disabled:hover:bg-transparent';

export const primaryLook =
  'inline-flex h-9 shrink-0 cursor-pointer items-center justify-center gap-1.5 rounded-lg bg-[light-dark(#1f63cc,#2f6fd6)] px-3.5 text-[0.8125rem] font-semibold whitespace-nowrap text-white hover:brightness-110 disabled:cursor-default disabled:opacity-50';

export const cardLook = 'rounded-xl border border-line bg-panel';
