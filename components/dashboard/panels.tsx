'use client';

import { useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { type ComponentType, useContext, useState } from 'react';
import { useLive } from '@/lib/client/react/hooks';
import { sampleState } from '@/lib/client/react/use-sample';
import type { SampleType } from '@/lib/protocol/event-types';
import { type TimeView, TimeViewContext } from '../charts/time-view';
import { AlertsPanel } from '../panels/alerts';
import { ContainersPanel } from '../panels/containers';
import { CoresPanel } from '../panels/cores';
import { CpuPanel } from '../panels/cpu';
import { DiskPanel } from '../panels/disk';
import { FilesystemPanel } from '../panels/filesystem';
import { HostPanel } from '../panels/host';
import { LoadPanel } from '../panels/load';
import { MemoryPanel } from '../panels/memory';
import { NetworkPanel } from '../panels/network';
import { PressurePanel } from '../panels/pressure';
import { ProcessesPanel } from '../panels/processes';
import { SensorsPanel } from '../panels/sensors';
import { Badge } from '../ui/badge';
import { Notice } from '../ui/notice';
import { PanelTag } from '../ui/panel';
import { askedPanels, type PanelName, panelNames, panelRows } from './asked-panels';
import { Tiles } from './tiles';

interface Placement {
  readonly Shown: ComponentType<{ readonly className?: string }>;
  /** Its minimum width in rem, and its share of the free width of a row. */
  readonly wide: number;
  /** Without a sample of this type the panel is not shown. */
  readonly needs?: SampleType;
  /** Where the page shows these kinds of time, the panel shows the present: its earlier values are not stored. */
  readonly presentIn?: readonly TimeView['shows'][];
}

const pastAndReplay = ['past', 'replay'] as const;

const placements: Readonly<Record<PanelName, Placement>> = {
  cpu: { Shown: CpuPanel, wide: 34, needs: 'cpu' },
  pressure: { Shown: PressurePanel, wide: 29, needs: 'pressure' },
  alerts: { Shown: AlertsPanel, wide: 22, presentIn: pastAndReplay },
  cores: { Shown: CoresPanel, wide: 18, needs: 'cpu' },
  processes: { Shown: ProcessesPanel, wide: 32, presentIn: ['past'] },
  memory: { Shown: MemoryPanel, wide: 20, needs: 'memory' },
  disk: { Shown: DiskPanel, wide: 22, needs: 'disk' },
  network: { Shown: NetworkPanel, wide: 22, needs: 'network' },
  filesystem: { Shown: FilesystemPanel, wide: 22, needs: 'filesystem' },
  load: { Shown: LoadPanel, wide: 20, needs: 'cpu' },
  sensors: { Shown: SensorsPanel, wide: 42 },
  containers: { Shown: ContainersPanel, wide: 30, needs: 'containers' },
  host: { Shown: HostPanel, wide: 20, presentIn: pastAndReplay },
};

const rows = panelRows.map((row) => row.map((name: PanelName) => ({ name, ...placements[name] })));
const all = rows.flat();

/** The panels whose collector this host does not have so far. */
function useAbsent(): readonly string[] {
  // A string: values read from the store are compared by identity.
  const names = useLive((store) =>
    all
      .filter(({ needs }) => needs && sampleState(store, needs) === 'absent')
      .map(({ name }) => name)
      .join(' '),
  );
  return names.split(' ');
}

/**
 * Rows of panels without empty places at any width: each is as wide as it must be, and a row's rest is shared out. What has
 * a place keeps it, and a late collector's panel comes last: nothing moves while it is being read.
 */
export function Panels() {
  const t = useTranslations('time');
  const shows = useContext(TimeViewContext)?.shows ?? 'present';
  const absent = useAbsent();
  const [absentAtFirst] = useState(absent);
  const late = all.filter(({ name }) => absentAtFirst.includes(name) && !absent.includes(name));
  const placed = rows.map((row) => row.filter(({ name }) => !absentAtFirst.includes(name)));
  const asked = askedPanels(useSearchParams().get('panels'), panelNames);
  const chosen = asked.names?.flatMap((name) => all.find((panel) => panel.name === name) ?? []);
  const shown = chosen ? [chosen] : [...placed, late];
  const laid = shown.map((row) => (
    <div key={row[0]?.name ?? 'late'} className="flex flex-wrap gap-3 first-of-type:flex-1 empty:hidden">
      {row.map(({ name, Shown, wide, presentIn }) => (
        <div
          key={name}
          id={name}
          className="place grid min-w-0 scroll-mt-17 *:min-w-0"
          style={{ flex: `${wide} 1 min(100%, ${wide}rem)` }}
        >
          <PanelTag
            value={
              presentIn?.includes(shows) ? (
                <span title={t('presentNote')} className="leading-4">
                  <Badge tone="quiet">{t('present')}</Badge>
                </span>
              ) : null
            }
          >
            <Shown />
          </PanelTag>
        </div>
      ))}
    </div>
  ));
  return (
    <>
      {asked.unknown.length > 0 && (
        <Notice>{t('bad.panels', { names: asked.unknown.join(', '), known: panelNames.join(', ') })}</Notice>
      )}
      {laid}
    </>
  );
}

/** Shown unless the address names its panels. */
export function TilesUnlessChosen() {
  return askedPanels(useSearchParams().get('panels'), panelNames).names ? null : <Tiles />;
}
