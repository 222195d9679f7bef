import type { ComponentProps, CSSProperties } from 'react';

export const chipClasses =
  'inline-flex h-8 shrink-0 cursor-pointer items-center gap-1.5 rounded-full border border-line px-2.5 text-xs whitespace-nowrap text-soft hover:bg-raised hover:text-ink pointer-coarse:h-11 pointer-coarse:px-3.5';

export interface ChipProps extends ComponentProps<'button'> {
  readonly isOn: boolean;
  /** A CSS colour: that of what it stands for. */
  readonly hue?: string;
}

/** One of several filters, on or off. */
export function Chip({ isOn, hue = 'var(--hue-cpu)', className = '', ...props }: ChipProps) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      {...props}
      style={{ '--chip': hue } as CSSProperties}
      className={`${chipClasses} disabled:cursor-default disabled:opacity-45 disabled:hover:bg-transparent aria-pressed:border-(--chip) aria-pressed:bg-[color-mix(in_srgb,var(--chip)_16%,transparent)] aria-pressed:text-ink ${className}`}
    />
  );
}
