'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { useLatest, useLive } from '@/lib/client/react/hooks';
import { useSampleState } from '@/lib/client/react/use-sample';
import { useStableOrder } from '@/lib/client/react/use-stable-order';
import { usedPercent } from '@/lib/health/key-figures';
import { filesystemUsed, severityAt } from '@/lib/health/thresholds';
import { formatQuantity } from '@/lib/i18n/quantity';
import type { Filesystem } from '@/lib/protocol/payloads';
import { Badge } from '../ui/badge';
import { Bar } from '../ui/bar';
import { EmptyState } from '../ui/empty-state';
import { Figure } from '../ui/figure';
import { MoreButton } from '../ui/more-button';
import { Panel } from '../ui/panel';
import type { EmbeddableProps } from './embeddable';

type Mount = Filesystem['mounts'][number];

const shownRows = 6;
/** Inodes are shown from here on, or when they run out before the space does. */
const inodesMatterPercent = 60;

const worse = (mount: Mount) => Math.max(usedPercent(mount) ?? 0, mount.inodesUsedPercent ?? 0);

function inodesMatter(mount: Mount): boolean {
  const { inodesUsedPercent: inodes } = mount;
  return inodes !== null && (inodes >= inodesMatterPercent || inodes > (usedPercent(mount) ?? 100));
}

const hues = { warning: 'var(--warn)', critical: 'var(--bad)' } as const;
const textTones = { warning: 'text-warn', critical: 'text-bad' } as const;

/** How full each file system is, the fullest first. */
export function FilesystemPanel({ bare = false, className = '' }: EmbeddableProps) {
  const t = useTranslations();
  const locale = useLocale();
  const latest = useLatest('filesystem');
  const known = useLive((store) => store.last('filesystem'));
  const reading = useSampleState('filesystem');
  const [open, setOpen] = useState(false);

  // What is read-only stays as full as it is: nothing runs out there.
  const scores = useMemo(
    () => new Map(known?.mounts.map((mount) => [mount.mount, mount.readOnly ? 0.01 : worse(mount) ** 4])),
    [known],
  );
  const order = useStableOrder(scores);
  const byMount = new Map(known?.mounts.map((mount) => [mount.mount, mount]));
  const all = order.flatMap((mount) => byMount.get(mount) ?? []);
  const shown = open || bare ? all : all.slice(0, shownRows);
  const bytes = (value: number | null) => formatQuantity(latest && value, 'storageBytes', locale);
  const percent = (value: number | null) => formatQuantity(latest && value, 'percent', locale);

  if (reading === 'absent' || known?.mounts.length === 0)
    return (
      <Panel title={t('panel.filesystem')} bare={bare} className={className}>
        <EmptyState>{t('filesystem.absent')}</EmptyState>
      </Panel>
    );
  return (
    <Panel
      title={t('panel.filesystem')}
      note={latest ? t('filesystem.note', { count: latest.mounts.length }) : ''}
      figure={percent(all[0] ? usedPercent(all[0]) : null)}
      bare={bare}
      className={className}
    >
      <div className={`@container ${bare ? 'scrolling h-full' : ''}`}>
        <ul className="grid grid-cols-[minmax(0,1fr)] gap-2.5">
          {shown.map((mount) => {
            const used = usedPercent(mount);
            const severity = severityAt(used, filesystemUsed);
            const inodeLevel = severityAt(mount.inodesUsedPercent, filesystemUsed);
            return (
              <li key={mount.mount} title={`${mount.device} · ${mount.type}`}>
                <p className="mb-1 flex flex-wrap items-baseline gap-x-2 text-[0.8125rem] leading-5 @xs:flex-nowrap">
                  <b className="min-w-0 truncate font-semibold">{mount.mount}</b>
                  {mount.readOnly && <Badge tone="quiet">{t('filesystem.readOnly')}</Badge>}
                  {inodesMatter(mount) && (
                    <Badge tone={inodeLevel === 'critical' ? 'bad' : 'warn'}>
                      {t('filesystem.inodes', { figure: percent(mount.inodesUsedPercent) })}
                    </Badge>
                  )}
                  <span className="order-last basis-full text-xs whitespace-nowrap text-soft @xs:order-none @xs:ml-auto @xs:basis-auto">
                    {t.rich('filesystem.usedOf', {
                      used: bytes(mount.usedBytes),
                      size: bytes(mount.sizeBytes),
                      figure: (text) => <Figure unit="storageBytes">{text}</Figure>,
                    })}
                  </span>
                  <span
                    className={`ml-auto w-13 text-right @xs:ml-0 font-semibold whitespace-nowrap ${severity ? textTones[severity] : 'text-ink'}`}
                  >
                    {percent(used)}
                  </span>
                </p>
                <Bar
                  percent={latest && used}
                  hue={mount.readOnly ? 'var(--faint)' : severity ? hues[severity] : 'var(--hue-read)'}
                />
              </li>
            );
          })}
        </ul>
        {!bare && all.length > shownRows && (
          <p className="mt-1.5">
            <MoreButton count={all.length} open={open} onToggle={() => setOpen(!open)} />
          </p>
        )}
      </div>
    </Panel>
  );
}
