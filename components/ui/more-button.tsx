'use client';

import { useTranslations } from 'next-intl';

export interface MoreButtonProps {
  readonly count: number;
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** Unfolds what a panel has too much of. */
export function MoreButton({ count, open, onToggle }: MoreButtonProps) {
  const t = useTranslations('panel');
  return (
    <button
      type="button"
      aria-expanded={open}
      onClick={onToggle}
      className="min-h-6 cursor-pointer rounded text-xs text-soft underline-offset-2 hover:text-ink hover:underline"
    >
      {open ? t('less') : t('all', { count })}
    </button>
  );
}
