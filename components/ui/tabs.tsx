'use client';

import { Tabs as Headless } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export interface TabsProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly T[];
  readonly labelOf: (tab: T) => string;
  readonly value: T;
  readonly onChange: (tab: T) => void;
  /** The panel of the tab that is chosen. */
  readonly children: ReactNode;
}

/** One of a few panels, as high as what is around it; arrow keys go from tab to tab. */
export function Tabs<T extends string>({ label, tabs, labelOf, value, onChange, children }: TabsProps<T>) {
  return (
    <Headless.Root
      value={value}
      onValueChange={(tab: T) => onChange(tab)}
      className="flex min-h-0 flex-1 flex-col"
    >
      <Headless.List
        aria-label={label}
        activateOnFocus
        className="flex shrink-0 gap-1 border-b border-line px-2"
      >
        {tabs.map((tab) => (
          <Headless.Tab
            key={tab}
            value={tab}
            className="-mb-px h-10 cursor-pointer border-b-2 border-transparent px-3 text-[0.8125rem] text-soft -outline-offset-2 hover:text-ink aria-selected:border-cpu aria-selected:font-semibold aria-selected:text-ink pointer-coarse:h-11"
          >
            {labelOf(tab)}
          </Headless.Tab>
        ))}
      </Headless.List>
      {tabs.map((tab) => (
        <Headless.Panel
          key={tab}
          value={tab}
          className="min-h-0 flex-1 overflow-y-auto p-4 -outline-offset-2 [scrollbar-color:var(--line)_transparent] [scrollbar-width:thin]"
        >
          {children}
        </Headless.Panel>
      ))}
    </Headless.Root>
  );
}
