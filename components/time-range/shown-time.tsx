import { useLocale, useTranslations } from 'next-intl';
import type { TimeRange } from '@/lib/charts/time-axis';
import type { PastStatus } from '../charts/time-view';
import { timestampText } from '../ui/timestamp';

const hourMs = 3_600_000;
const minuteMs = 60_000;

export interface ShownTimeProps {
  readonly range: TimeRange;
  /** Whether it ends now. */
  readonly endsNow: boolean;
  /** As `Past` has it. */
  readonly stepMs: number;
  readonly status: PastStatus;
}

/** Which time is shown, and what one point of it stands for. */
export function ShownTime({ range, endsNow, stepMs, status }: ShownTimeProps) {
  const t = useTranslations('time');
  const locale = useLocale();
  const say = (at: number) => timestampText(at, locale, range.to - range.from < hourMs);
  const step = () => {
    if (stepMs < minuteMs) return t('span.second', { count: stepMs / 1_000 });
    return stepMs < hourMs
      ? t('span.minute', { count: stepMs / minuteMs })
      : t('span.hour', { count: stepMs / hourMs });
  };
  return (
    <>
      <b className="font-semibold text-ink">
        {endsNow
          ? t('until', { from: say(range.from) })
          : t('between', { from: say(range.from), to: say(range.to) })}
      </b>{' '}
      {status === 'shown' && (stepMs > 1_000 ? t('step', { step: step() }) : t('exact'))}
      {status === 'loading' && t('loading')}
    </>
  );
}
