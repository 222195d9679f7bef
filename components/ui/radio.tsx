import type { ReactNode } from 'react';
import { chipClasses } from './chip';

const focused = 'has-focus-visible:outline-2 has-focus-visible:outline-cpu';

const appearances = {
  chip: `${chipClasses} has-checked:border-cpu has-checked:bg-[color-mix(in_srgb,var(--hue-cpu)_16%,transparent)] has-checked:text-ink`,
  segment:
    'flex cursor-pointer items-center rounded-md px-2.5 py-1 text-soft has-checked:bg-raised has-checked:text-ink pointer-coarse:min-h-10',
  card: 'flex cursor-pointer items-start gap-2.5 rounded-lg border border-line p-3 hover:bg-raised has-checked:border-cpu has-disabled:cursor-default has-disabled:opacity-60 has-disabled:hover:bg-transparent',
} as const;

export interface RadioProps {
  /** All of a group have the same. */
  readonly group: string;
  readonly value: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly appearance: keyof typeof appearances;
  readonly disabled?: boolean;
  readonly title?: string;
  readonly children: ReactNode;
}

/** One of a group of which exactly one is chosen; its fieldset names the group. */
export function Radio({
  group,
  value,
  isChosen,
  onChoose,
  appearance,
  disabled,
  title,
  children,
}: RadioProps) {
  return (
    <label title={title} className={`${appearances[appearance]} ${focused}`}>
      <input
        type="radio"
        name={group}
        value={value}
        checked={isChosen}
        disabled={disabled}
        onChange={onChoose}
        className={appearance === 'card' ? 'mt-0.5 size-4 shrink-0 accent-cpu' : 'sr-only'}
      />
      {children}
    </label>
  );
}
