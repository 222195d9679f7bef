'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useMemo, useState } from 'react';
import type { Series } from '@/lib/charts/series';
import { useLive, useLiveStore } from '@/lib/client/react/hooks';
import { useBusiest } from '@/lib/client/react/use-busiest';
import { useSampleState } from '@/lib/client/react/use-sample';
import { formatQuantity, formatTick } from '@/lib/i18n/quantity';
import type { Network } from '@/lib/protocol/payloads';
import { useCrosshair } from '../charts/live/crosshair';
import { Legend, rowAt } from '../charts/live/legend';
import { TimeSeries } from '../charts/live/time-series';
import { Badge } from '../ui/badge';
import { Choice } from '../ui/choice';
import { EmptyState } from '../ui/empty-state';
import { MoreButton } from '../ui/more-button';
import { Panel } from '../ui/panel';
import { Cell, Column, Row, RowHeader, Table } from '../ui/table';
import type { EmbeddableProps } from './embeddable';

type Interface = Network['interfaces'][number];

const shownRows = 4;
/** A network is never silent; below this nothing is going on. */
const axisTopMin = 10_000;

/** Fewer a second would read 0.0. */
const shownMin = 0.05;

const interfacesOf = (row: Network) => row.interfaces;
const traffic = ({ rxBytesPerSecond: rx, txBytesPerSecond: tx }: Interface) => (rx ?? 0) + (tx ?? 0);
const loopback = /^lo\d*$|loopback/i;
/** A machine's traffic with itself comes last, however much it is. */
const weight = (item: Interface) => traffic(item) * (loopback.test(item.name) ? 1e-9 : 1);
const errors = ({ rxErrorsPerSecond: rx, txErrorsPerSecond: tx }: Interface) => (rx ?? 0) + (tx ?? 0);
const drops = ({ rxDropsPerSecond: rx, txDropsPerSecond: tx }: Interface) => (rx ?? 0) + (tx ?? 0);

/** What comes in and goes out, by interface. */
export function NetworkPanel({ bare = false, className = '' }: EmbeddableProps) {
  const t = useTranslations();
  const locale = useLocale();
  const store = useLiveStore();
  const ago = useCrosshair();
  const row = useLive((live) => rowAt(live, 'network', ago));
  const reading = useSampleState('network');
  const { order, chosen, choose } = useBusiest('network', interfacesOf, weight);
  const [open, setOpen] = useState(false);

  const series = useMemo<readonly Series<'network'>[]>(() => {
    const of = ({ interfaces }: Network) => interfaces.find(({ name }) => name === chosen);
    return [
      {
        key: 'in',
        label: t('network.in'),
        hue: 'var(--hue-in)',
        value: (at) => of(at)?.rxBytesPerSecond ?? null,
      },
      {
        key: 'out',
        label: t('network.out'),
        hue: 'var(--hue-out)',
        value: (at) => of(at)?.txBytesPerSecond ?? null,
        down: true,
      },
    ];
  }, [t, chosen]);
  const rate = (value: number | null | undefined) => formatQuantity(value, 'bytesPerSecond', locale);
  const tick = useCallback((value: number) => formatTick(value, 'bytesPerSecond', locale), [locale]);
  const full = useCallback((value: number) => formatQuantity(value, 'bytesPerSecond', locale), [locale]);
  const describe = (agoMs: number) => {
    const at = rowAt(store, 'network', agoMs || null)?.interfaces.find(({ name }) => name === chosen);
    return `${rate(at?.rxBytesPerSecond)} ${rate(at?.txBytesPerSecond)}`;
  };

  const byName = new Map(row?.interfaces.map((item) => [item.name, item]));
  const all = order;
  const shown = open ? all : all.slice(0, shownRows);
  const now = chosen === null ? undefined : byName.get(chosen);

  if (reading === 'absent' || (row && row.interfaces.length === 0))
    return (
      <Panel title={t('panel.network')} bare={bare} className={className}>
        <EmptyState>{t('network.absent')}</EmptyState>
      </Panel>
    );
  return (
    <Panel
      title={t('panel.network')}
      note={chosen ?? ''}
      figure={rate(now ? traffic(now) : null)}
      legend={<Legend type="network" series={series} unit="bytesPerSecond" />}
      bare={bare}
      className={className}
    >
      <div className="flex h-full flex-col">
        <TimeSeries
          type="network"
          series={series}
          form="mirror"
          max="auto"
          topMin={axisTopMin}
          formatTick={tick}
          formatValue={full}
          label={t('panel.network')}
          describe={describe}
          className={bare ? 'min-h-0 flex-1' : 'min-h-36 flex-1'}
        />
        <div className={`mt-1 ${bare ? 'embed-extra scrolling max-h-1/2' : ''}`}>
          <Table
            head={
              <>
                <Column className="px-1">{t('network.interface')}</Column>
                <Column isFigure className="w-22">
                  {t('network.in')}
                </Column>
                <Column isFigure className="w-22">
                  {t('network.out')}
                </Column>
              </>
            }
          >
            {shown.map((name) => {
              const item = byName.get(name);
              return (
                <Row key={name}>
                  <RowHeader>
                    <span className="flex items-center gap-1.5 *:first:shrink-0 *:first:max-w-[60%]">
                      <Choice name={name} chosen={name === chosen} onChoose={() => choose(name)} />
                      {item?.up === false && <Badge tone="quiet">{t('network.down')}</Badge>}
                      {item && errors(item) >= shownMin && (
                        <Badge tone="bad">
                          {t('network.errors', {
                            figure: formatQuantity(errors(item), 'perSecond', locale),
                          })}
                        </Badge>
                      )}
                      {item && drops(item) >= shownMin && (
                        <Badge tone="warn">
                          {t('network.drops', { figure: formatQuantity(drops(item), 'perSecond', locale) })}
                        </Badge>
                      )}
                    </span>
                  </RowHeader>
                  <Cell isFigure>
                    <span aria-hidden="true" className="text-in">
                      ↓{' '}
                    </span>
                    {rate(item?.rxBytesPerSecond)}
                  </Cell>
                  <Cell isFigure>
                    <span aria-hidden="true" className="text-out">
                      ↑{' '}
                    </span>
                    {rate(item?.txBytesPerSecond)}
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
