'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useRef } from 'react';
import type { Entry } from '@/lib/client/inspector/entries';
import { ConnectionDetails } from './connection-details';
import { Glossary } from './explanation';
import { FrameDetails } from './frame-details';

export type Tab = 'frame' | 'connection';
const tabs: readonly Tab[] = ['frame', 'connection'];

export interface SidePaneProps {
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
  readonly entry: Entry | null;
  readonly line: number;
}

/** Beside the list: the picked line explained, or the connection. */
export function SidePane({ tab, onTab, entry, line }: SidePaneProps) {
  const t = useTranslations('stream.tabs');
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const next = tab === 'frame' ? 'connection' : 'frame';
    onTab(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <aside className="flex min-h-96 min-w-0 flex-col rounded-xl border border-line bg-panel lg:min-h-0">
      <div
        ref={list}
        role="tablist"
        aria-label={t('label')}
        onKeyDown={onKeyDown}
        className="flex shrink-0 gap-1 border-b border-line px-2"
      >
        {tabs.map((one) => (
          <button
            key={one}
            id={`tab-${one}`}
            type="button"
            role="tab"
            aria-selected={tab === one}
            aria-controls="side-pane"
            tabIndex={tab === one ? 0 : -1}
            onClick={() => onTab(one)}
            className="-mb-px h-10 cursor-pointer border-b-2 border-transparent px-3 text-[0.8125rem] text-soft hover:text-ink aria-selected:border-cpu aria-selected:font-semibold aria-selected:text-ink"
          >
            {t(one)}
          </button>
        ))}
      </div>
      <div
        id="side-pane"
        role="tabpanel"
        aria-labelledby={`tab-${tab}`}
        className="min-h-0 flex-1 overflow-y-auto p-4 [scrollbar-color:var(--line)_transparent] [scrollbar-width:thin]"
      >
        {tab === 'connection' ? (
          <ConnectionDetails />
        ) : entry ? (
          <FrameDetails entry={entry} line={line} />
        ) : (
          <Glossary />
        )}
      </div>
    </aside>
  );
}
