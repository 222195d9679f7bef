import { useTranslations } from 'next-intl';
import { Notice } from '../../ui/notice';

/** A notice that rules or silences were lost. */
export function LostNotice() {
  const t = useTranslations('alertPages');
  return <Notice>{t('lost')}</Notice>;
}
