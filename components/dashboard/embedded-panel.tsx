'use client';

import type { ComponentType } from 'react';
import { CpuPanel } from '../panels/cpu';
import type { EmbeddableName, EmbeddableProps } from '../panels/embeddable';
import { MemoryPanel } from '../panels/memory';

const panels: Readonly<Record<EmbeddableName, ComponentType<EmbeddableProps>>> = {
  cpu: CpuPanel,
  memory: MemoryPanel,
};

export interface EmbeddedPanelProps {
  readonly panel: EmbeddableName;
  readonly transparent: boolean;
}

/** One panel with no chrome, filling its frame from 200 × 100 px up. */
export function EmbeddedPanel({ panel, transparent }: EmbeddedPanelProps) {
  const Shown = panels[panel];
  return (
    <main
      data-background={transparent ? 'transparent' : 'panel'}
      className="embed h-dvh overflow-hidden px-3 pt-2 pb-1"
    >
      <Shown bare />
    </main>
  );
}
