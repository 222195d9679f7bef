'use client';

import type { ComponentProps } from 'react';
import { useFieldWiring } from './field';
import { Icon } from './icon';
import { controlClasses, controlSizes } from './input';

type Native = Omit<ComponentProps<'select'>, 'value' | 'onChange' | 'size' | 'children'>;

export interface SelectProps<T extends string | number> extends Native {
  readonly value: T;
  readonly options: readonly T[];
  readonly labelOf: (option: T) => string;
  readonly onChange: (option: T) => void;
}

/** One of a few options: the browser's own list, which a phone shows in its own way. */
export function Select<T extends string | number>(props: SelectProps<T>) {
  const { value, options, labelOf, onChange, className = '', ...native } = props;
  const wired = useFieldWiring(native);
  return (
    <span className={`relative inline-flex ${className}`}>
      <select
        {...wired}
        value={value}
        onChange={({ target }) => {
          const chosen = options[target.selectedIndex];
          if (chosen !== undefined) onChange(chosen);
        }}
        className={`w-full cursor-pointer appearance-none truncate pr-8! disabled:cursor-default ${controlClasses} ${controlSizes.md}`}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {labelOf(option)}
          </option>
        ))}
      </select>
      <span className="pointer-events-none absolute inset-y-0 right-2.5 grid place-items-center text-soft">
        <Icon name="open" />
      </span>
    </span>
  );
}
