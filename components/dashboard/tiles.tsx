'use client';

import { useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { useLatest, useLive } from '@/lib/client/react/hooks';
import { sampleState } from '@/lib/client/react/use-sample';
import {
  busiestCore,
  busiestDevice,
  filledPlaces,
  fullestMount,
  memoryPercent,
  type Spare,
  swapPercent,
  throughput,
  usedPercent,
  worstPressure,
} from '@/lib/health/key-figures';
import { formatQuantity, type Unit } from '@/lib/i18n/quantity';
import type { LoggedPayloads, SampleType } from '@/lib/protocol/event-types';
import { HottestTile, useHasTemperature } from './hottest-tile';
import { Tile } from './tile';

/** The figures that people look for first. Each has a fixed place. */
const places = ['cpu', 'memory', 'pressure', 'disk', 'network', 'temperature', 'filesystem', 'load'] as const;
type Name = (typeof places)[number];

const needs: { readonly [N in Name]?: SampleType } = {
  ...{ cpu: 'cpu', memory: 'memory', load: 'cpu' },
  ...{ pressure: 'pressure', disk: 'disk', network: 'network', filesystem: 'filesystem' },
};
const needOf = (name: Name): SampleType | null => needs[name] ?? null;

type Row<T extends SampleType> = LoggedPayloads[T];
const total = (row: Row<'cpu'>) => row.totalPercent;
const load1 = (row: Row<'cpu'>) => row.load1;
const core = (row: Row<'cpu'>) => busiestCore(row)?.value ?? null;
const tasks = (row: Row<'cpu'>) => row.runningTasks;
const waiting = (row: Row<'pressure'>) => worstPressure(row)?.value ?? null;
const busy = (row: Row<'disk'>) => busiestDevice(row)?.value ?? null;
const fullest = (row: Row<'filesystem'>) => fullestMount(row)?.value ?? null;
const available = (row: Row<'memory'>) => row.availableBytes;

/** Which tiles have a collector on this host. A string, since values of the store are compared by identity. */
function useNames(): readonly (Name | Spare)[] {
  const hasTemperature = useHasTemperature();
  const absent = useLive((store) =>
    places
      .filter((name) => {
        const need = needOf(name);
        return need !== null && sampleState(store, need) === 'absent';
      })
      .join(' '),
  ).split(' ');
  return filledPlaces<Name>(places, (name) =>
    name === 'temperature' ? !hasTemperature : absent.includes(name),
  );
}

type Tiles<N extends Name | Spare> = Readonly<Record<N, ReactNode>>;

/** Texts of figures in the reader's language. */
function useFigures() {
  const t = useTranslations('tile');
  const locale = useLocale();
  const say = (value: number | null | undefined, unit: Unit) => formatQuantity(value, unit, locale);
  const of = (whole: number | null | undefined) =>
    whole ? t('of', { total: say(whole, 'memoryBytes') }) : '';
  return { t, say, of };
}

function useCpuTiles(): Tiles<'cpu' | 'load' | 'busiest' | 'tasks'> {
  const { t, say } = useFigures();
  const cpu = useLatest('cpu');
  const cores = useLive(({ facts }) => facts.cores);
  const peak = cpu && busiestCore(cpu);
  return {
    cpu: (
      <Tile
        key="cpu"
        label={t('cpu')}
        figure={say(cpu?.totalPercent, 'percent')}
        aside={cores === null ? '' : t('perCores', { count: cores })}
        place="cpu"
        type="cpu"
        value={total}
        hue="var(--hue-cpu)"
        max={100}
      />
    ),
    load: (
      <Tile
        key="load"
        label={t('load')}
        figure={say(cpu?.load1, 'load')}
        place="load"
        type="cpu"
        value={load1}
        hue="var(--hue-load)"
        max="auto"
      />
    ),
    busiest: (
      <Tile
        key="busiest"
        label={t('busiest')}
        figure={say(peak?.value, 'percent')}
        aside={peak ? t('core', { index: peak.item }) : ''}
        place="cores"
        type="cpu"
        value={core}
        hue="var(--hue-system)"
        max={100}
      />
    ),
    tasks: (
      <Tile
        key="tasks"
        label={t('tasks')}
        figure={cpu?.runningTasks == null ? '–' : String(cpu.runningTasks)}
        place="load"
        type="cpu"
        value={tasks}
        hue="var(--hue-steal)"
        max="auto"
      />
    ),
  };
}

function useMemoryTiles(): Tiles<'memory' | 'swap' | 'available'> {
  const { t, say, of } = useFigures();
  const memory = useLatest('memory');
  return {
    memory: (
      <Tile
        key="memory"
        label={t('memory')}
        figure={say(memory?.usedBytes, 'memoryBytes')}
        aside={of(memory?.totalBytes)}
        place="memory"
        type="memory"
        value={memoryPercent}
        hue="var(--hue-memory)"
        max={100}
      />
    ),
    swap: (
      <Tile
        key="swap"
        label={t('swap')}
        figure={memory?.swapTotalBytes === 0 ? t('none') : say(memory?.swapUsedBytes, 'memoryBytes')}
        aside={of(memory?.swapTotalBytes)}
        place="memory"
        type="memory"
        value={swapPercent}
        hue="var(--hue-swap)"
        max={100}
      />
    ),
    available: (
      <Tile
        key="available"
        label={t('available')}
        figure={say(memory?.availableBytes, 'memoryBytes')}
        place="memory"
        type="memory"
        value={available}
        hue="var(--hue-cache)"
        max="auto"
      />
    ),
  };
}

function useDeviceTiles(): Tiles<'pressure' | 'disk' | 'network' | 'temperature' | 'filesystem'> {
  const { t, say } = useFigures();
  const pressureOf = useTranslations('pressure');
  const pressure = useLatest('pressure');
  const disk = useLatest('disk');
  const network = useLatest('network');
  const filesystem = useLatest('filesystem');
  const waits = pressure && worstPressure(pressure);
  const device = disk && busiestDevice(disk);
  const mount = filesystem && fullestMount(filesystem);
  return {
    pressure: (
      <Tile
        key="pressure"
        label={t('pressure')}
        figure={say(waits?.value, 'percent')}
        aside={waits && waits.value > 0 ? pressureOf(waits.item) : ''}
        place="pressure"
        type="pressure"
        value={waiting}
        hue="var(--hue-iowait)"
        max={100}
      />
    ),
    disk: (
      <Tile
        key="disk"
        label={t('disk')}
        figure={say(device?.value, 'percent')}
        aside={device?.item.name ?? ''}
        place="disk"
        type="disk"
        value={busy}
        hue="var(--hue-read)"
        max={100}
      />
    ),
    network: (
      <Tile
        key="network"
        label={t('network')}
        figure={say(network && throughput(network), 'bytesPerSecond')}
        aside={t('inAndOut')}
        place="network"
        type="network"
        value={throughput}
        hue="var(--hue-in)"
        max="auto"
      />
    ),
    temperature: <HottestTile key="temperature" />,
    filesystem: (
      <Tile
        key="filesystem"
        label={t('filesystem')}
        figure={say(mount && usedPercent(mount.item), 'percent')}
        aside={mount?.item.mount ?? ''}
        place="filesystem"
        type="filesystem"
        value={fullest}
        hue="var(--hue-write)"
        max={100}
      />
    ),
  };
}

/** The key figures of all collectors, each with its last five minutes. */
export function Tiles() {
  const t = useTranslations('tile');
  const names = useNames();
  const tiles: Tiles<Name | Spare> = { ...useCpuTiles(), ...useMemoryTiles(), ...useDeviceTiles() };
  return (
    <ul aria-label={t('all')} className="grid grid-cols-2 gap-3 sm:grid-cols-4 min-[88rem]:grid-cols-8">
      {names.map((name) => tiles[name])}
    </ul>
  );
}
