import { type ComponentProps, createElement, type ReactNode } from 'react';

type CardElement = 'a' | 'aside' | 'div' | 'form' | 'section' | 'ul';

export type CardProps<E extends CardElement> = ComponentProps<E> & { readonly as?: E };

export const cardClasses = 'rounded-xl border border-line bg-panel';

/** The frame around what belongs together. */
export function Card<E extends CardElement = 'section'>({ as, className = '', ...props }: CardProps<E>) {
  return createElement(as ?? 'section', {
    ...props,
    className: `${cardClasses} ${className}`,
  });
}

export interface TitledCardProps {
  readonly title: string;
  /** At the right of the title. */
  readonly note?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A part of a page, named by its title. */
export function TitledCard({ title, note, children, className = 'p-4' }: TitledCardProps) {
  return (
    <Card aria-label={title} className={`min-w-0 ${className}`}>
      <h2 className="mb-2 flex items-baseline justify-between gap-3 text-sm font-semibold">
        {title}
        {note && <span className="truncate text-xs font-normal text-soft">{note}</span>}
      </h2>
      {children}
    </Card>
  );
}
