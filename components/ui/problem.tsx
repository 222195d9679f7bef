import type { ReactNode } from 'react';

export interface ProblemProps {
  readonly children: ReactNode;
  readonly className?: string;
}

/** Why something did not work, read out when it appears; takes no room while it is empty. */
export function Problem({ children, className = '' }: ProblemProps) {
  return (
    <p role="alert" className={`text-[0.8125rem] leading-5 text-bad empty:hidden ${className}`}>
      {children}
    </p>
  );
}
