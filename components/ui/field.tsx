'use client';

import { createContext, type ReactNode, useContext, useId } from 'react';

interface Wiring {
  readonly id: string;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-describedby': string | undefined;
}

const FieldContext = createContext<Wiring | null>(null);

interface Named {
  readonly 'aria-label'?: string | undefined;
}

/** What ties a control to the label, hint and error of its field; a control with a name of its own is not tied. */
export function useFieldWiring<P extends Named>(props: P): P {
  const wiring = useContext(FieldContext);
  return wiring && props['aria-label'] === undefined ? { ...wiring, ...props } : props;
}

export interface FieldProps {
  readonly label: string;
  /** A word beside the label. */
  readonly aside?: string | undefined;
  readonly hint?: ReactNode;
  readonly error?: string | null | undefined;
  readonly children: ReactNode;
  /** The label stands before the control, not above it. */
  readonly isInline?: boolean;
  readonly className?: string;
}

/** A label, the input, and below it the error or else a hint. */
export function Field(props: FieldProps) {
  const { label, aside, hint, error = null, children, isInline = false, className = '' } = props;
  const id = useId();
  const note = error ?? hint;
  const wiring: Wiring = {
    id,
    'aria-invalid': error !== null || undefined,
    'aria-describedby': note ? `${id}-note` : undefined,
  };
  return (
    <div className={`min-w-0 ${isInline ? 'flex items-center gap-1.5' : ''} ${className}`}>
      <label
        htmlFor={id}
        className={
          isInline
            ? 'max-sm:min-w-10'
            : 'mb-1 flex items-baseline gap-2 text-[0.8125rem] leading-5 font-medium'
        }
      >
        {label}
        {aside && <span className="text-xs font-normal text-soft">{aside}</span>}
      </label>
      <FieldContext value={wiring}>{children}</FieldContext>
      {note && (
        <p
          id={`${id}-note`}
          className={`mt-1 text-xs leading-5 ${error === null ? 'text-soft' : 'text-bad'}`}
        >
          {note}
        </p>
      )}
    </div>
  );
}
