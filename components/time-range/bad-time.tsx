import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { useLiveStore } from '@/lib/client/react/hooks';
import { Notice } from '../ui/notice';
import { badTimeOf } from './bad-time-of';
import type { Search } from './time-choice';

/** Names the invalid part of an address and the range that is shown instead. */
export function BadTime({ search }: { readonly search: Search }) {
  const t = useTranslations('time');
  const store = useLiveStore();
  const bad = useMemo(() => badTimeOf(search, store.hostNow()), [search, store]);
  return bad && <Notice>{t(`bad.${bad}`)}</Notice>;
}
