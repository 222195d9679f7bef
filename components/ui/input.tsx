'use client';

import type { ComponentProps } from 'react';
import { useFieldWiring } from './field';

/** 16 px on a phone: below that, Safari zooms into what is typed. */
export const controlClasses =
  'min-w-0 border border-line bg-page text-ink placeholder:text-faint aria-invalid:border-bad disabled:opacity-60 pointer-coarse:min-h-11';

export const controlSizes = {
  sm: 'h-8 rounded-md px-2 text-base sm:text-xs',
  md: 'h-9 rounded-lg px-2.5 text-base sm:text-[0.8125rem]',
} as const;

export interface InputProps extends Omit<ComponentProps<'input'>, 'size'> {
  readonly size?: keyof typeof controlSizes;
}

/** One line to type into: text, a number, a time. */
export function Input({ size = 'md', className = '', ...props }: InputProps) {
  const wired = useFieldWiring(props);
  return <input {...wired} className={`${controlClasses} ${controlSizes[size]} ${className}`} />;
}

/** Without a frame: where the frame around it is the field. */
export function BareInput({ className = '', ...props }: ComponentProps<'input'>) {
  return (
    <input
      {...props}
      className={`h-9 min-w-0 rounded bg-transparent px-1.5 text-base text-ink placeholder:text-faint sm:text-[0.8125rem] ${className}`}
    />
  );
}
