'use client';

import { useTranslations } from 'next-intl';
import type { Entry } from '@/lib/client/inspector/entries';
import { Card } from '../ui/card';
import { Tabs } from '../ui/tabs';
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
  return (
    <Card as="aside" className="flex min-h-96 min-w-0 flex-col lg:min-h-0">
      <Tabs label={t('label')} tabs={tabs} labelOf={(one) => t(one)} value={tab} onChange={onTab}>
        {tab === 'connection' ? (
          <ConnectionDetails />
        ) : entry ? (
          <FrameDetails entry={entry} line={line} />
        ) : (
          <Glossary />
        )}
      </Tabs>
    </Card>
  );
}
