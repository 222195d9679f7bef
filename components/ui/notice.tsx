import type { ReactNode } from 'react';

/** What a page was asked for and does not do. */
export function Notice({ children }: { readonly children: ReactNode }) {
  return (
    <p role="status" className="rounded-lg border border-warn/50 px-3 py-1.5 text-xs leading-5 text-warn">
      {children}
    </p>
  );
}
