import type { ReactNode } from 'react';
import type { PlaceName } from '@/lib/health/finding';

export interface PlaceLinkProps {
  /** The panel that it leads to; plain text when there is none. */
  readonly place: PlaceName | null;
  readonly children: ReactNode;
  readonly className?: string;
}

export function PlaceLink({ place, children, className = '' }: PlaceLinkProps) {
  if (place === null) return <span className={className}>{children}</span>;
  return (
    <a href={`#${place}`} className={`rounded-sm underline-offset-4 hover:underline ${className}`}>
      {children}
    </a>
  );
}
