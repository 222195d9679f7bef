'use client';

import { useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { Finding, FindingKind, TopConsumer } from '@/lib/health/finding';
import { formatQuantity, formatTick } from '@/lib/i18n/quantity';

/** What can be lost and has a name of its own. */
const collectors = ['pressure', 'network', 'disk', 'filesystem', 'containers'] as const;
const isCollector = (name: string | null): name is (typeof collectors)[number] =>
  (collectors as readonly (string | null)[]).includes(name);

type Form = 'percent' | 'load' | 'milliseconds' | 'celsius' | 'perSecond' | 'hours';

const forms: Readonly<Partial<Record<FindingKind, Form>>> = {
  overloaded: 'load',
  'disk-slow': 'milliseconds',
  'too-hot': 'celsius',
  warm: 'celsius',
  'network-errors': 'perSecond',
  'filesystem-filling': 'hours',
};

/** The text of a finding with its top consumer, in the reader's language. */
export function useFindingText() {
  const t = useTranslations();
  const locale = useLocale();

  const figureOf = ({ kind, figure }: Finding) => {
    const form = forms[kind] ?? 'percent';
    if (form === 'hours') {
      const minutes = Math.max(1, Math.round((figure ?? 0) * 60));
      return minutes < 60
        ? t('duration.minutes', { minutes })
        : t('duration.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
    }
    if (form === 'percent')
      return formatTick(figure === null ? Number.NaN : Math.round(figure), form, locale);
    return formatQuantity(figure, form, locale);
  };

  return {
    /** Without a full stop. */
    clause(finding: Finding): string {
      const { kind, subject } = finding;
      const named =
        kind === 'samples-lost' && isCollector(subject) ? t(`panel.${subject}`) : (subject ?? 'none');
      return t(`headline.finding.${kind}`, { subject: named, figure: figureOf(finding) });
    },
    culprit({ name, kind, figure, resource }: TopConsumer): ReactNode {
      const unit = resource === 'memory' ? 'memoryBytes' : 'bytesPerSecond';
      return t.rich(`headline.culprit.${resource}`, {
        cores: (figure / 100).toLocaleString(locale, { maximumFractionDigits: 1 }),
        figure: formatQuantity(figure, unit, locale),
        who: () =>
          t.rich(`headline.culprit.${kind}`, {
            name,
            b: (text) => <b className="font-semibold text-ink">{text}</b>,
          }),
      });
    },
  };
}
