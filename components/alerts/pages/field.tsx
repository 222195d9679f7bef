'use client';

import { type ReactNode, useId } from 'react';

export interface FieldWiring {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

export interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  /** Draws what is filled in; gets what ties it to its label, hint and error. */
  readonly children: (wiring: FieldWiring) => ReactNode;
  readonly className?: string;
}

/** A label, what is filled in, and under it what is wrong with it, or else a hint. */
export function Field({ label, hint, error, children, className = '' }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={`min-w-0 ${className}`}>
      <label htmlFor={id} className="mb-1 block text-xs font-semibold text-soft">
        {label}
      </label>
      {children({
        id,
        'aria-invalid': error !== undefined,
        'aria-describedby': note ? `${id}-note` : undefined,
      })}
      {note && (
        <p id={`${id}-note`} className={`mt-1 text-xs leading-5 ${error ? 'text-bad' : 'text-soft'}`}>
          {note}
        </p>
      )}
    </div>
  );
}
