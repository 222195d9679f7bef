'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useMemo, useState } from 'react';
import type { Series } from '@/lib/charts/series';
import { useLive, useLiveStore } from '@/lib/client/react/hooks';
import { useBusiest } from '@/lib/client/react/use-busiest';
import { useSampleState } from '@/lib/client/react/use-sample';
import { diskUtilPercent, severityAt } from '@/lib/health/thresholds';
import { formatQuantity, formatTick } from '@/lib/i18n/quantity';
import type { Disk } from '@/lib/protocol/payloads';
import { useCrosshair } from '../charts/live/crosshair';
import { Legend, rowAt } from '../charts/live/legend';
import { TimeSeries } from '../charts/live/time-series';
import { BarFigure } from '../ui/bar';
import { Choice } from '../ui/choice';
import { EmptyState } from '../ui/empty-state';
import { MoreButton } from '../ui/more-button';
import { Panel } from '../ui/panel';
import { Cell, Column, Row, RowHeader, Table } from '../ui/table';
import type { EmbeddableProps } from './embeddable';

type Device = Disk['devices'][number];

const shownRows = 4;
/** What a journal writes now and then does not matter. */
const axisTopMin = 100_000;

const devicesOf = (row: Disk) => row.devices;
const traffic = ({ readBytesPerSecond: read, writeBytesPerSecond: write }: Device) =>
  (read ?? 0) + (write ?? 0);
/** The slower of both directions; `null` when nothing was asked of the device. */
const awaitMs = ({ readAwaitMs: read, writeAwaitMs: write }: Device) =>
  read === null ? write : write === null ? read : Math.max(read, write);

/** What is read and written, by device; how busy each is, and how long it lets wait. */
export function DiskPanel({ bare = false, className = '' }: EmbeddableProps) {
  const t = useTranslations();
  const locale = useLocale();
  const store = useLiveStore();
  const ago = useCrosshair();
  const row = useLive((live) => rowAt(live, 'disk', ago));
  const reading = useSampleState('disk');
  const { order, chosen, choose } = useBusiest('disk', devicesOf, traffic);
  const [open, setOpen] = useState(false);

  const series = useMemo<readonly Series<'disk'>[]>(() => {
    const of = ({ devices }: Disk) => devices.find(({ name }) => name === chosen);
    return [
      {
        key: 'read',
        label: t('disk.read'),
        hue: 'var(--hue-read)',
        value: (at) => of(at)?.readBytesPerSecond ?? null,
      },
      {
        key: 'write',
        label: t('disk.write'),
        hue: 'var(--hue-write)',
        value: (at) => of(at)?.writeBytesPerSecond ?? null,
        down: true,
      },
    ];
  }, [t, chosen]);
  const rate = (value: number | null | undefined) => formatQuantity(value, 'bytesPerSecond', locale);
  const tick = useCallback((value: number) => formatTick(value, 'bytesPerSecond', locale), [locale]);
  const full = useCallback((value: number) => formatQuantity(value, 'bytesPerSecond', locale), [locale]);
  const describe = (agoMs: number) => {
    const at = rowAt(store, 'disk', agoMs || null)?.devices.find(({ name }) => name === chosen);
    return `${rate(at?.readBytesPerSecond)} ${rate(at?.writeBytesPerSecond)}`;
  };

  const byName = new Map(row?.devices.map((item) => [item.name, item]));
  const all = order;
  const shown = open ? all : all.slice(0, shownRows);
  const now = chosen === null ? undefined : byName.get(chosen);

  if (reading === 'absent' || (row && row.devices.length === 0))
    return (
      <Panel title={t('panel.disk')} bare={bare} className={className}>
        <EmptyState>{t('disk.absent')}</EmptyState>
      </Panel>
    );
  return (
    <Panel
      title={t('panel.disk')}
      note={chosen ?? ''}
      figure={rate(now ? traffic(now) : null)}
      legend={<Legend type="disk" series={series} unit="bytesPerSecond" />}
      bare={bare}
      className={className}
    >
      <div className="flex h-full flex-col">
        <TimeSeries
          type="disk"
          series={series}
          form="mirror"
          max="auto"
          topMin={axisTopMin}
          formatTick={tick}
          formatValue={full}
          label={t('panel.disk')}
          describe={describe}
          className={bare ? 'min-h-0 flex-1' : 'min-h-36 flex-1'}
        />
        <div className={`@container mt-1 ${bare ? 'embed-extra scrolling max-h-1/2' : ''}`}>
          <Table
            head={
              <>
                <Column className="px-1">{t('disk.device')}</Column>
                <Column isFigure className="hidden w-20 @sm:table-cell">
                  {t('disk.read')}
                </Column>
                <Column isFigure className="hidden w-20 @sm:table-cell">
                  {t('disk.write')}
                </Column>
                <Column isFigure className="w-17 px-1.5" title={t('disk.busyMeaning')}>
                  {t('disk.busy')}
                </Column>
                <Column isFigure className="w-17" title={t('disk.awaitMeaning')}>
                  {t('disk.await')}
                </Column>
              </>
            }
          >
            {shown.map((name) => {
              const item = byName.get(name);
              return (
                <Row key={name}>
                  <RowHeader className="truncate">
                    <Choice name={name} chosen={name === chosen} onChoose={() => choose(name)} />
                  </RowHeader>
                  <Cell isFigure className="hidden @sm:table-cell">
                    {rate(item?.readBytesPerSecond)}
                  </Cell>
                  <Cell isFigure className="hidden @sm:table-cell">
                    {rate(item?.writeBytesPerSecond)}
                  </Cell>
                  <Cell>
                    <BarFigure
                      percent={item?.utilPercent ?? null}
                      hue={
                        severityAt(item?.utilPercent ?? null, diskUtilPercent)
                          ? 'var(--warn)'
                          : 'var(--hue-read)'
                      }
                    >
                      {formatQuantity(item?.utilPercent, 'percent', locale)}
                    </BarFigure>
                  </Cell>
                  <Cell isFigure className="text-soft">
                    {formatQuantity(item && awaitMs(item), 'milliseconds', locale)}
                  </Cell>
                </Row>
              );
            })}
          </Table>
          {all.length > shownRows && (
            <MoreButton count={all.length} open={open} onToggle={() => setOpen(!open)} />
          )}
        </div>
      </div>
    </Panel>
  );
}
