'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { buttonLook, fieldLook } from '../../ui/look';

const hourMs = 3_600_000;
const spans = { hour: hourMs, fourHours: 4 * hourMs, day: 24 * hourMs, week: 168 * hourMs } as const;
type Span = keyof typeof spans;

export interface SilenceMenuProps {
  readonly isBusy: boolean;
  readonly onSilence: (ms: number) => void;
}

/** For how long, and the button. */
export function SilenceMenu({ isBusy, onSilence }: SilenceMenuProps) {
  const t = useTranslations('alertPages');
  const [span, setSpan] = useState<Span>('hour');
  return (
    <div className="flex gap-1.5">
      <select
        aria-label={t('silenceFor')}
        value={span}
        onChange={(event) => setSpan(event.target.value as Span)}
        className={fieldLook}
      >
        {(Object.keys(spans) as Span[]).map((one) => (
          <option key={one} value={one}>
            {t(`for.${one}`)}
          </option>
        ))}
      </select>
      <button type="button" disabled={isBusy} onClick={() => onSilence(spans[span])} className={buttonLook}>
        {t('silence')}
      </button>
    </div>
  );
}
