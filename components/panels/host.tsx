'use client';

import { useFormatter, useLocale, useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { useLive } from '@/lib/client/react/hooks';
import { formatQuantity } from '@/lib/i18n/quantity';
import { Panel } from '../ui/panel';

/** What this machine is. */
export function HostPanel({ className = '' }: { readonly className?: string }) {
  const t = useTranslations();
  const locale = useLocale();
  const format = useFormatter();
  const facts = useLive((store) => store.facts);
  const [timeZone, setTimeZone] = useState('UTC');
  // The reader's zone is not known while the server renders.
  useEffect(() => setTimeZone(Intl.DateTimeFormat().resolvedOptions().timeZone), []);

  // `null` outside a container, and also while nothing at all is known.
  const outside = facts.container === null && facts.kernel !== null;
  const whereFrom = facts.container
    ? t('host.containerNamed', { kind: facts.container })
    : outside
      ? t('host.containerNone')
      : null;

  const rows: readonly (readonly [string, string | null])[] = [
    [t('host.os'), facts.os],
    [t('host.kernel'), facts.kernel],
    [t('host.cpu'), facts.cpuModel],
    [t('host.cores'), facts.cores === null ? null : String(facts.cores)],
    [
      t('host.memory'),
      facts.memoryBytes === null ? null : formatQuantity(facts.memoryBytes, 'memoryBytes', locale),
    ],
    [
      t('host.booted'),
      facts.bootTime === null
        ? null
        : format.dateTime(facts.bootTime, {
            dateStyle: 'medium',
            timeStyle: 'short',
            hourCycle: 'h23',
            timeZone,
          }),
    ],
    [t('host.container'), whereFrom],
    // Outside of a container there is nothing to mistake the host for.
    ...(facts.container === null
      ? []
      : [[t('host.scope'), t(facts.scope === 'host' ? 'host.scopeHost' : 'host.scopeContainer')] as const]),
  ];

  return (
    <Panel title={t('panel.host')} note={facts.host} className={className}>
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,17rem),1fr))] gap-x-8 text-[0.8125rem] leading-7">
        {rows.map(([name, value]) => (
          <div key={name} className="flex justify-between gap-4 border-t border-line">
            <dt className="whitespace-nowrap text-soft">{name}</dt>
            <dd className="min-w-0 truncate text-right" title={value ?? undefined}>
              {value ?? <span className="text-faint">{t('host.unknown')}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
