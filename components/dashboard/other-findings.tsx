'use client';

import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { type Finding, keyOfFinding } from '@/lib/health/finding';
import { PlaceLink } from '../health/place-link';
import { useFindingText } from '../health/use-finding-text';
import { TextButton } from '../ui/button';

/** So many fit on a line, and on two of a phone. */
const shownMax = 2;
const dots = { info: 'bg-faint', warning: 'bg-warn', critical: 'bg-bad' } as const;

export interface OtherFindingsProps {
  readonly findings: readonly Finding[];
  /** Shown when there are none. */
  readonly children: ReactNode;
  readonly className: string;
}

/** What else is the matter, each leading to its panel; the rest when asked for. */
export function OtherFindings({ findings, children, className }: OtherFindingsProps) {
  const t = useTranslations('headline');
  const text = useFindingText();
  const [open, setOpen] = useState(false);
  if (findings.length === 0) return <p className={`line-clamp-2 sm:line-clamp-1 ${className}`}>{children}</p>;
  const rest = findings.length - shownMax;
  const shown = open ? findings : findings.slice(0, shownMax);
  return (
    <ul
      className={`flex flex-wrap gap-x-5 ${open ? '' : 'max-h-12 overflow-hidden sm:max-h-6'} ${className}`}
    >
      {shown.map((finding, index) => (
        <li key={keyOfFinding(finding)} className="flex min-w-0 items-baseline gap-2">
          <span aria-hidden="true" className={`size-2 shrink-0 rounded-full ${dots[finding.severity]}`} />
          <PlaceLink place={finding.place} className="truncate text-ink">
            {text.clause(finding)}
          </PlaceLink>
          {rest > 0 && index === shown.length - 1 && (
            <TextButton
              aria-expanded={open}
              onClick={() => setOpen(!open)}
              className="min-h-0! shrink-0 px-1 whitespace-nowrap hover:text-ink"
            >
              {open ? t('fewer') : t('more', { count: rest })}
            </TextButton>
          )}
        </li>
      ))}
    </ul>
  );
}
