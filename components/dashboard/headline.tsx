'use client';

import { useLocale, useTranslations } from 'next-intl';
import { type ReactNode, useMemo } from 'react';
import { useLive } from '@/lib/client/react/hooks';
import { useHealth } from '@/lib/client/react/use-health';
import type { ConnectionState } from '@/lib/client/transport/frame';
import { type Finding, keyOfFinding } from '@/lib/health/finding';
import type { HealthSummary } from '@/lib/health/summary';
import type { Locale } from '@/lib/i18n/locales';
import { formatTick } from '@/lib/i18n/quantity';
import { PlaceLink } from '../health/place-link';
import { useFindingText } from '../health/use-finding-text';
import { timestampText } from '../ui/timestamp';
import { OtherFindings } from './other-findings';

const toneClass = { info: 'text-ink', warning: 'text-warn', critical: 'text-bad' } as const;

/** As high as the longest sentence at each width, so that another one moves nothing below it. */
const room = 'min-h-33 sm:min-h-22 xl:min-h-14';
const sentence =
  'line-clamp-3 text-lg leading-7 font-normal text-pretty text-soft sm:line-clamp-2 sm:text-xl sm:leading-8 xl:line-clamp-1 xl:text-[1.375rem]';
const details = 'text-sm leading-6 text-soft';

/** A Chinese full stop brings its own. */
const spaceOf = (locale: Locale) => (locale === 'zh' ? '' : ' ');
const bold = (text: ReactNode) => <b className="font-semibold text-ink">{text}</b>;

function useVitals({ vitals: { cpuPercent, memoryPercent } }: HealthSummary): string | null {
  const t = useTranslations('headline');
  const locale = useLocale();
  if (cpuPercent === null && memoryPercent === null) return null;
  const percent = (value: number | null) =>
    value === null ? 'none' : formatTick(Math.round(value), 'percent', locale);
  const both = cpuPercent !== null && memoryPercent !== null ? 'yes' : 'no';
  return t('vitals', { cpu: percent(cpuPercent), memory: percent(memoryPercent), both });
}

/** What was assessed and found well. */
function useMonitored({ monitored }: HealthSummary): string {
  const t = useTranslations('headline');
  const kinds = ['disks', 'mounts', 'interfaces', 'sensors', 'containers'] as const;
  const list = kinds.filter((kind) => monitored[kind] > 0).map((kind) => t(kind, { count: monitored[kind] }));
  return list.length === 0 ? '' : t('withinLimits', { list: list.join(t('comma')) });
}

interface WorstProps {
  readonly finding: Finding;
}

function Worst({ finding }: WorstProps) {
  const t = useTranslations('headline');
  const locale = useLocale();
  const text = useFindingText();
  return (
    <>
      <PlaceLink
        place={finding.place}
        className={`font-semibold ${toneClass[finding.severity]} decoration-1 underline-offset-4`}
      >
        {t('sentence', { text: text.clause(finding) })}
      </PlaceLink>
      {finding.topConsumer && (
        <>
          {spaceOf(locale)}
          <PlaceLink place={finding.topConsumer.kind === 'container' ? 'containers' : 'processes'}>
            {text.culprit(finding.topConsumer)}
          </PlaceLink>
        </>
      )}
    </>
  );
}

/** What is final is not tried again. */
const silentTexts: Partial<Record<ConnectionState, 'closed' | 'signedOut'>> = {
  ended: 'closed',
  refused: 'signedOut',
};

/** One sentence: how the machine is, the worst finding and its top consumer first; beneath it the others. */
export function Headline() {
  const t = useTranslations('headline');
  const locale = useLocale();
  const text = useFindingText();
  const health = useHealth();
  const vitals = useVitals(health);
  const monitored = useMonitored(health);
  const silentSince = useLive((live) => live.silentSince);
  const state = useLive((live) => live.state);
  const { status, findings } = health;
  const space = spaceOf(locale);
  const [worst, ...others] = findings;
  const isCalm = status === 'calm' || !worst;
  const worstKey = worst && !isCalm ? keyOfFinding(worst) : '';
  // Said aloud when something else is the matter, not each time that its figure is another.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text as of when it was found.
  const aloud = useMemo(() => (worst && worstKey !== '' ? text.clause(worst) : ''), [worstKey]);

  if (silentSince !== null) {
    const time = timestampText(silentSince, locale);
    return (
      <header data-tone="silent" className={room}>
        <p className={sentence}>
          {t.rich(silentTexts[state] ?? 'silent', {
            time,
            hot: (text) => <b className="font-semibold text-warn">{text}</b>,
          })}
        </p>
      </header>
    );
  }
  const closing = [vitals && t('sentence', { text: vitals }), isCalm ? '' : monitored]
    .filter(Boolean)
    .join(space);
  return (
    <header data-tone={status} className={room}>
      <p className={sentence}>
        {status === 'unknown' ? (
          t.rich('waiting', { b: bold })
        ) : isCalm ? (
          <>
            {health.silenced > 0
              ? t('calmSilenced', { count: health.silenced })
              : t.rich('calm', { b: bold })}
            {health.vitals.nothingWaits && `${space}${t('nothingWaits')}`}
            {vitals && `${space}${t('sentence', { text: vitals })}`}
          </>
        ) : (
          <Worst finding={worst} />
        )}
      </p>
      <OtherFindings findings={isCalm ? findings : others} className={details}>
        {isCalm ? monitored : closing}
      </OtherFindings>
      <p aria-live="polite" className="sr-only">
        {aloud}
      </p>
    </header>
  );
}
