'use client';

import { useTranslations } from 'next-intl';
import { TextButton } from './button';

export interface MoreButtonProps {
  readonly count: number;
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** Shows the rest of a list that is longer than its panel. */
export function MoreButton({ count, open, onToggle }: MoreButtonProps) {
  const t = useTranslations('panel');
  return (
    <TextButton aria-expanded={open} onClick={onToggle} className="text-xs text-soft hover:text-ink">
      {open ? t('less') : t('all', { count })}
    </TextButton>
  );
}
