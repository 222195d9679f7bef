'use client';

import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import type { ComponentType } from 'react';
import type { LogPage } from '@/lib/protocol/log-event';
import type { EmbeddableName, EmbeddableProps, Embedded } from '../panels/embeddable';
import { Badge } from '../ui/badge';
import { PanelTag } from '../ui/panel';

/** Each in a chunk of its own, so that a frame loads one panel's code and no other's. */
const panels: Readonly<Record<Exclude<EmbeddableName, 'sensor' | 'log'>, ComponentType<EmbeddableProps>>> = {
  cpu: dynamic(() => import('../panels/cpu').then((module) => module.CpuPanel)),
  memory: dynamic(() => import('../panels/memory').then((module) => module.MemoryPanel)),
  pressure: dynamic(() => import('../panels/pressure').then((module) => module.PressurePanel)),
  network: dynamic(() => import('../panels/network').then((module) => module.NetworkPanel)),
  disk: dynamic(() => import('../panels/disk').then((module) => module.DiskPanel)),
  filesystem: dynamic(() => import('../panels/filesystem').then((module) => module.FilesystemPanel)),
  sensors: dynamic(() => import('../panels/sensors').then((module) => module.SensorsPanel)),
  processes: dynamic(() => import('../panels/processes').then((module) => module.ProcessesPanel)),
  alerts: dynamic(() => import('../panels/alerts').then((module) => module.AlertsPanel)),
  containers: dynamic(() => import('../panels/containers').then((module) => module.ContainersPanel)),
};

const LogPanel = dynamic(() => import('../panels/log').then((module) => module.LogPanel));
const SensorPanel = dynamic(() => import('../panels/sensor').then((module) => module.SensorPanel));

const EmbedTime = dynamic(() => import('../time-range/embed-time').then((module) => module.EmbedTime));

/** Panels whose values history does not store: they always show the present. */
const ofNow: readonly EmbeddableName[] = ['processes', 'alerts', 'log'];

export interface EmbeddedPanelProps extends Embedded {
  readonly transparent: boolean;
  /** Whether the address asks for a time. */
  readonly hasTime: boolean;
  /** What the log holds, where the panel is the log. */
  readonly log?: LogPage | undefined;
}

function Shown({ name, sensorId, log }: Pick<EmbeddedPanelProps, 'name' | 'sensorId' | 'log'>) {
  if (name === 'log') return log ? <LogPanel initial={log} /> : null;
  if (name === 'sensor') return <SensorPanel id={sensorId} />;
  const Named = panels[name];
  return <Named bare />;
}

/** One panel with no chrome, filling its frame from 200 × 100 px up. */
export function EmbeddedPanel({ transparent, hasTime, types, ...shown }: EmbeddedPanelProps) {
  const t = useTranslations('time');
  const isOfNow = ofNow.includes(shown.name);
  return (
    <main
      data-background={transparent ? 'transparent' : 'panel'}
      className="embed h-dvh overflow-hidden px-3 pt-2 pb-1"
    >
      {!hasTime && <Shown {...shown} />}
      {hasTime && !isOfNow && (
        <EmbedTime types={types}>
          <Shown {...shown} />
        </EmbedTime>
      )}
      {hasTime && isOfNow && (
        <PanelTag value={<Badge tone="quiet">{t('present')}</Badge>}>
          <Shown {...shown} />
        </PanelTag>
      )}
    </main>
  );
}
