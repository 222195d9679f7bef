'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useLive } from '@/lib/client/react/hooks';
import { useSampleState } from '@/lib/client/react/use-sample';
import { formatQuantity } from '@/lib/i18n/quantity';
import { useCrosshair } from '../charts/live/crosshair';
import { rowAt } from '../charts/live/legend';
import { EmptyState } from '../ui/empty-state';
import { Figure } from '../ui/figure';
import { Panel } from '../ui/panel';

const labelledMax = 16;

/** Each core as a bar; a grid of thin ones on a machine with many. */
export function CoresPanel({ className = '' }: { readonly className?: string }) {
  const t = useTranslations();
  const reading = useSampleState('cpu');
  const locale = useLocale();
  const ago = useCrosshair();
  const row = useLive((store) => rowAt(store, 'cpu', ago));
  const isKnown = useLive((store) => store.last('cpu') !== null);
  const cores = row?.cores ?? [];
  const busiest = cores.reduce<number | null>(
    (high, core) => (core === null ? high : Math.max(high ?? 0, core)),
    null,
  );
  const percent = (value: number | null) => formatQuantity(value, 'percent', locale);

  if (reading === 'absent')
    return (
      <Panel title={t('panel.cores')} className={className}>
        <EmptyState>{t('cpu.absent')}</EmptyState>
      </Panel>
    );
  return (
    <Panel
      title={t('panel.cores')}
      note={
        busiest === null
          ? ''
          : t.rich('cores.busiest', {
              value: percent(busiest),
              figure: (text) => <Figure unit="percent">{text}</Figure>,
            })
      }
      legend={
        <p className="text-xs leading-5 text-soft">
          {cores.length === 0
            ? '–'
            : t('cores.online', {
                online: cores.filter((core) => core !== null).length,
                count: cores.length,
              })}
        </p>
      }
      className={className}
    >
      {cores.length === 0 ? (
        <p className="grid h-full place-items-center text-sm text-soft">{isKnown ? '–' : t('cores.idle')}</p>
      ) : (
        <ol
          className="grid h-full min-h-44 gap-1.5"
          style={{ gridTemplateColumns: `repeat(${Math.min(cores.length, 32)}, minmax(0, 1fr))` }}
        >
          {cores.map((core, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a core's index is its name.
              key={index}
              className="flex min-h-6 min-w-0 flex-col gap-1.5"
              title={t('cores.core', { index, figure: core === null ? t('cores.offline') : percent(core) })}
            >
              <span className="relative flex-1 overflow-hidden rounded-md bg-raised">
                <span
                  className="absolute inset-x-0 bottom-0 h-full origin-bottom rounded-md bg-linear-to-t from-cpu/60 to-cpu motion-safe:transition-transform motion-safe:duration-300"
                  style={{ transform: `scaleY(${(core ?? 0) / 100})` }}
                />
              </span>
              {cores.length <= labelledMax && (
                <span className="flex flex-wrap justify-between gap-x-1 text-[0.6875rem] leading-4 text-faint">
                  {index}
                  {cores.length <= 4 && (
                    <Figure unit="percent" className="font-semibold text-ink">
                      {percent(core)}
                    </Figure>
                  )}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
