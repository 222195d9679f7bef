'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useContext, useEffect, useMemo, useState } from 'react';
import { useLive, useLiveStore } from '@/lib/client/react/hooks';
import { useStableOrder } from '@/lib/client/react/use-stable-order';
import { meanScores } from '@/lib/health/stable-order';
import { usageOf } from '@/lib/health/top-consumer';
import { formatQuantity, type Unit } from '@/lib/i18n/quantity';
import type { Processes } from '@/lib/protocol/payloads';
import { useCrosshair } from '../charts/live/crosshair';
import { rowAt } from '../charts/live/legend';
import { TimeViewContext } from '../charts/time-view';
import { BarFigure } from '../ui/bar';
import { BareButton } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { Figure } from '../ui/figure';
import { Panel } from '../ui/panel';
import { Cell, Column, Row, RowHeader, SortColumn, Table } from '../ui/table';
import type { EmbeddableProps } from './embeddable';

type Process = Processes['top'][number];
type SortBy = 'cpuPercent' | 'memoryBytes';

const shownRows = 10;
const shownRowsAlone = 15;
const rowRem = 1.8;
/** Threads come and go; so few stay a number of three digits. */
const fewThreads = 900;
/** In a tiny frame the name matters more than a second figure. */
const spare = 'hidden @min-[13rem]:table-cell';
/** What is weighed for the order: three samples. */
const weighedMs = 11_000;
/** They are collected on demand, so the first ones take a little longer than a collection cycle. */
const patienceMs = 15_000;

const keyOf = ({ pid, name }: Process) => `${pid} ${name}`;
const topOf = ({ top }: Processes) => top;

/** The top processes by CPU or by memory, now or at the selected time. */
export function ProcessesPanel({ bare = false, className = '' }: EmbeddableProps) {
  const t = useTranslations();
  const store = useLiveStore();
  const ago = useCrosshair();
  const isReplay = useContext(TimeViewContext)?.shows === 'replay';
  const [sortBy, setSortBy] = useState<SortBy>('cpuPercent');
  const [pointed, setPointed] = useState<string | null>(null);
  const row = useLive((live) => rowAt(live, 'processes', ago));
  const last = useLive((live) => live.last('processes'));
  const known = row ?? last;
  const [patient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), patienceMs);
    return () => clearTimeout(timer);
  }, []);

  const scores = useMemo(() => {
    if (!known) return new Map<string, number>();
    const recent = ago === null ? store.recent('processes', weighedMs) : [];
    const rows = recent.length > 0 ? recent : [known];
    const present = new Set(known.top.map(keyOf));
    const means = meanScores(rows, topOf, keyOf, (process) => process[sortBy]);
    return new Map([...means].filter(([key]) => present.has(key)));
  }, [known, ago, sortBy, store]);
  const order = useStableOrder(scores);

  const count = bare ? shownRowsAlone : shownRows;
  const byKey = new Map(known?.top.map((process) => [keyOf(process), process]));
  const shown = order.flatMap((key) => byKey.get(key) ?? []).slice(0, count);
  const highest = (key: SortBy) => shown.reduce((high, process) => Math.max(high, process[key] ?? 0), 0);
  const barMax = { cpuPercent: Math.max(100, highest('cpuPercent')), memoryBytes: highest('memoryBytes') };
  const detailed = shown.find((process) => keyOf(process) === pointed) ?? shown[0];
  const hasCommands = shown.some(({ command }) => command !== null);

  if (!known && (!patient || isReplay))
    return (
      <Panel title={t('panel.processes')} bare={bare} className={className}>
        <EmptyState>{t(isReplay ? 'processes.unkept' : 'processes.absent')}</EmptyState>
      </Panel>
    );
  return (
    <Panel
      title={t('panel.processes')}
      note={
        row?.count == null || row.scope === 'own'
          ? row?.scope === 'own' && t('processes.own')
          : t.rich('processes.note', {
              count: row.count,
              threads: row.threads ?? 'none',
              figure: (text) => (
                <Figure unit={(row.threads ?? 0) < fewThreads ? 'hundreds' : 'thousands'}>{text}</Figure>
              ),
            })
      }
      figure={shown[0]?.name ?? ''}
      bare={bare}
      className={className}
    >
      <div
        className={`@container flex h-full flex-col ${bare ? 'scrolling' : ''}`}
        // Its place is kept before the first rows come.
        style={bare ? {} : { minHeight: `${(shownRows + 2) * rowRem + 0.5}rem` }}
      >
        <Table
          head={
            <>
              <Column>{t('processes.name')}</Column>
              <Column className="hidden w-24 @md:table-cell">{t('processes.user')}</Column>
              {(['cpuPercent', 'memoryBytes'] as const).map((key) => (
                <SortColumn
                  key={key}
                  isSorted={sortBy === key}
                  onSort={() => setSortBy(key)}
                  className={`w-20 @xs:w-22 ${sortBy === key ? '' : spare}`}
                >
                  {t(key === 'cpuPercent' ? 'processes.cpu' : 'processes.memory')}
                </SortColumn>
              ))}
              <Column isFigure className="hidden w-22 px-1.5 @xs:table-cell">
                {t('processes.disk')}
              </Column>
            </>
          }
        >
          {shown.map((process) => (
            <ProcessRow
              key={keyOf(process)}
              process={process}
              isKnown={row !== null}
              sortBy={sortBy}
              barMax={barMax}
              onPoint={setPointed}
            />
          ))}
        </Table>
        {hasCommands && (
          <p
            // New texts, not the old ones moved.
            key={detailed?.pid}
            title={detailed?.command ?? undefined}
            className="mt-auto shrink-0 truncate border-t border-line pt-1.5 font-mono text-[0.6875rem] leading-5 text-soft"
          >
            {detailed && (
              <>
                <span className="text-ink">{detailed.pid}</span> {detailed.command ?? detailed.name}
              </>
            )}
          </p>
        )}
      </div>
    </Panel>
  );
}

interface ProcessRowProps {
  readonly process: Process;
  /** Whether its figures are of the time shown. */
  readonly isKnown: boolean;
  readonly sortBy: SortBy;
  /** What a full bar stands for. */
  readonly barMax: Readonly<Record<SortBy, number>>;
  readonly onPoint: (key: string | null) => void;
}

function ProcessRow({ process, isKnown, sortBy, barMax, onPoint }: ProcessRowProps) {
  const locale = useLocale();
  const { pid, name, user, cpuPercent, memoryBytes, command } = process;
  const key = keyOf(process);
  const figure = (value: number | null, unit: Unit) => formatQuantity(isKnown ? value : null, unit, locale);
  return (
    <Row className="hover:bg-raised" onPointerEnter={() => onPoint(key)} onPointerLeave={() => onPoint(null)}>
      <RowHeader isStrong className="truncate">
        {command === null ? (
          <span title={String(pid)}>{name}</span>
        ) : (
          <BareButton
            title={command}
            aria-label={`${name}: ${command}`}
            onFocus={() => onPoint(key)}
            onBlur={() => onPoint(null)}
            className="max-w-full cursor-default! truncate rounded align-top -outline-offset-2"
          >
            {name}
          </BareButton>
        )}
      </RowHeader>
      <Cell className="hidden truncate text-soft @md:table-cell">{user ?? '–'}</Cell>
      <Cell className={sortBy === 'cpuPercent' ? '' : spare}>
        <BarFigure
          percent={isKnown ? ((cpuPercent ?? 0) / barMax.cpuPercent) * 100 : null}
          hue="var(--hue-cpu)"
          className={sortBy === 'cpuPercent' ? 'font-semibold' : ''}
        >
          {figure(cpuPercent, 'percent')}
        </BarFigure>
      </Cell>
      <Cell className={sortBy === 'memoryBytes' ? '' : spare}>
        <BarFigure
          percent={isKnown && barMax.memoryBytes ? ((memoryBytes ?? 0) / barMax.memoryBytes) * 100 : null}
          hue="var(--hue-memory)"
          className={sortBy === 'memoryBytes' ? 'font-semibold' : ''}
        >
          {figure(memoryBytes, 'memoryBytes')}
        </BarFigure>
      </Cell>
      <Cell isFigure className="hidden truncate px-1.5 text-soft @xs:table-cell">
        {isKnown && usageOf.disk(process) === 0 ? '–' : figure(usageOf.disk(process), 'bytesPerSecond')}
      </Cell>
    </Row>
  );
}
