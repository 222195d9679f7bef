import type { ReactNode } from 'react';

export interface EmptyStateProps {
  readonly children: ReactNode;
  /** What can be done about it. */
  readonly hint?: ReactNode;
}

/** A sentence in place of content that there is none of. */
export function EmptyState({ children, hint }: EmptyStateProps) {
  return (
    <div className="grid h-full min-h-16 content-center justify-items-center gap-2 py-2 text-center text-[0.8125rem] text-balance text-soft">
      <p>{children}</p>
      {hint}
    </div>
  );
}
