'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { useLive, useLiveStore } from '@/lib/client/react/hooks';
import { useSampleState } from '@/lib/client/react/use-sample';
import { useStableOrder } from '@/lib/client/react/use-stable-order';
import { percentOf } from '@/lib/health/key-figures';
import { meanScores } from '@/lib/health/stable-order';
import { containerUsed, severityAt } from '@/lib/health/thresholds';
import { formatQuantity } from '@/lib/i18n/quantity';
import type { Containers } from '@/lib/protocol/payloads';
import { useCrosshair } from '../charts/live/crosshair';
import { rowAt } from '../charts/live/legend';
import { Badge, type BadgeTone } from '../ui/badge';
import { BarFigure } from '../ui/bar';
import { EmptyState } from '../ui/empty-state';
import { MoreButton } from '../ui/more-button';
import { Panel } from '../ui/panel';
import { Cell, Column, Row, RowHeader, Table } from '../ui/table';
import type { EmbeddableProps } from './embeddable';

type Container = Containers['containers'][number];

/** In the narrowest frames, names need the room. */
const spare = 'hidden @min-[13rem]:table-cell';
const shownRows = 12;
const weighedMs = 60_000;
/** A quota that cuts short one period in ten is felt. */
const throttledFrom = 10;

const containersOf = (row: Containers) => row.containers;
const idOf = ({ id }: Container) => id;

/** The states of Docker and Podman that are translated; others are shown as the engine has them. */
const states = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const;
const healths = ['healthy', 'unhealthy', 'starting'] as const;
const tones: Readonly<Partial<Record<string, BadgeTone>>> = {
  running: 'quiet',
  healthy: 'good',
  unhealthy: 'bad',
  restarting: 'warn',
  dead: 'bad',
  starting: 'warn',
};

const isOneOf = <K extends string>(known: readonly K[], state: string): state is K =>
  (known as readonly string[]).includes(state);

const toneOf = (word: string) => tones[word] ?? 'quiet';
/** A running container with a health check shows its health alone. */
const stateOf = ({ state, health }: Container) => (state === 'running' && health ? health : state);

/** Each container: its name, its state, and its use of the CPU and of its memory limit. */
export function ContainersPanel({ bare = false, className = '' }: EmbeddableProps) {
  const t = useTranslations();
  const locale = useLocale();
  const store = useLiveStore();
  const ago = useCrosshair();
  const row = useLive((live) => rowAt(live, 'containers', ago));
  const last = useLive((live) => live.last('containers'));
  const known = row ?? last;
  const reading = useSampleState('containers');
  const [open, setOpen] = useState(false);

  const scores = useMemo(() => {
    if (!known) return new Map<string, number>();
    const recent = ago === null ? store.recent('containers', weighedMs) : [];
    const rows = recent.length > 0 ? recent : [known];
    const means = meanScores(rows, containersOf, idOf, ({ cpuPercent }) => cpuPercent);
    const present = new Set(known.containers.map(idOf));
    return new Map([...means].filter(([id]) => present.has(id)));
  }, [known, ago, store]);
  const order = useStableOrder(scores);
  const byId = new Map(known?.containers.map((item) => [item.id, item]));
  const all = order.flatMap((id) => byId.get(id) ?? []);
  const shown = open || bare ? all : all.slice(0, shownRows);
  const cpuMax = all.reduce((high, { cpuPercent }) => Math.max(high, cpuPercent ?? 0), 100);

  const condition = (word: string) => {
    const text = isOneOf(states, word)
      ? t(`containers.state.${word}`)
      : isOneOf(healths, word)
        ? t(`containers.health.${word}`)
        : word;
    return <Badge tone={toneOf(word)}>{text}</Badge>;
  };

  /** What limits it: its CPU quota, or its memory. Events of older versions do not have it. */
  const limits = ({ throttledPercent, oomKills }: Container) => (
    <>
      {(throttledPercent ?? 0) >= throttledFrom && (
        <span title={t('containers.throttledTitle')} className="hidden shrink-0 pl-1.5 @sm:inline">
          <Badge tone="warn">
            {t('containers.throttled', { percent: formatQuantity(throttledPercent, 'percent', locale) })}
          </Badge>
        </span>
      )}
      {(oomKills ?? 0) > 0 && (
        <span title={t('containers.oomTitle')} className="shrink-0 pl-1.5">
          <Badge tone="bad">{t('containers.oom', { count: oomKills ?? 0 })}</Badge>
        </span>
      )}
    </>
  );

  if (reading === 'absent' || known?.containers.length === 0)
    return (
      <Panel title={t('panel.containers')} bare={bare} className={className}>
        <EmptyState>{t(reading === 'absent' ? 'containers.absent' : 'containers.none')}</EmptyState>
      </Panel>
    );
  return (
    <Panel
      title={t('panel.containers')}
      note={known ? t('containers.note', { count: known.containers.length }) : ''}
      bare={bare}
      className={className}
    >
      <div className={`@container ${bare ? 'scrolling h-full' : ''}`}>
        <Table
          head={
            <>
              <Column>{t('containers.name')}</Column>
              <Column className="hidden w-20 @sm:table-cell">{t('containers.condition')}</Column>
              <Column isFigure className="w-19 px-1.5">
                {t('containers.cpu')}
              </Column>
              <Column isFigure className={`w-22 px-1.5 @lg:w-40 ${spare}`}>
                {t('containers.memory')}
              </Column>
            </>
          }
        >
          {shown.map((item) => {
            const { id, name, image, cpuPercent, memoryBytes, memoryLimitBytes } = item;
            const word = stateOf(item);
            const isUnwell = word !== null && ['warn', 'bad'].includes(toneOf(word));
            const full = row && percentOf(memoryBytes, memoryLimitBytes);
            return (
              <Row key={id}>
                <RowHeader isStrong title={image ?? id} className="pr-2">
                  <span className="flex min-w-0 items-center">
                    <span className="truncate">
                      {name ?? id.slice(0, 12)}
                      <span className="hidden pl-2 text-xs font-normal text-soft @md:inline">{image}</span>
                    </span>
                    {isUnwell && <span className="shrink-0 pl-1.5 @sm:hidden">{condition(word)}</span>}
                    {limits(item)}
                  </span>
                </RowHeader>
                <Cell className="hidden @sm:table-cell">{word && condition(word)}</Cell>
                <Cell>
                  <BarFigure
                    percent={!row || cpuPercent === null ? null : (cpuPercent / cpuMax) * 100}
                    hue="var(--hue-cpu)"
                  >
                    {formatQuantity(row && cpuPercent, 'percent', locale)}
                  </BarFigure>
                </Cell>
                <Cell className={spare}>
                  <BarFigure
                    percent={full}
                    hue={severityAt(full, containerUsed) ? 'var(--bad)' : 'var(--hue-memory)'}
                  >
                    {formatQuantity(row && memoryBytes, 'memoryBytes', locale)}
                    {memoryLimitBytes !== null && (
                      <span className="hidden text-soft @lg:inline">
                        {` / ${formatQuantity(memoryLimitBytes, 'memoryBytes', locale)}`}
                      </span>
                    )}
                  </BarFigure>
                </Cell>
              </Row>
            );
          })}
        </Table>
        {!bare && all.length > shownRows && (
          <MoreButton count={all.length} open={open} onToggle={() => setOpen(!open)} />
        )}
      </div>
    </Panel>
  );
}
