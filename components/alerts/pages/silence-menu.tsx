'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '../../ui/button';
import { Select } from '../../ui/select';

const hourMs = 3_600_000;
const spans = { hour: hourMs, fourHours: 4 * hourMs, day: 24 * hourMs, week: 168 * hourMs } as const;
type Span = keyof typeof spans;

export interface SilenceMenuProps {
  readonly isBusy: boolean;
  readonly onSilence: (ms: number) => void;
}

/** Silences an alert for a chosen duration. */
export function SilenceMenu({ isBusy, onSilence }: SilenceMenuProps) {
  const t = useTranslations('alertPages');
  const [span, setSpan] = useState<Span>('hour');
  return (
    <div className="flex gap-1.5">
      <Select
        aria-label={t('silenceFor')}
        value={span}
        options={Object.keys(spans) as Span[]}
        labelOf={(one) => t(`for.${one}`)}
        onChange={setSpan}
      />
      <Button disabled={isBusy} onClick={() => onSilence(spans[span])}>
        {t('silence')}
      </Button>
    </div>
  );
}
