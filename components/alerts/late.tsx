'use client';

import { useTranslations } from 'next-intl';
import type { ComponentType } from 'react';
import { late, useLate } from '../ui/late';
import { PartMissing } from '../ui/part-missing';
import { Popover, type PopoverProps } from '../ui/popover';
import type { AlertLinesProps } from './alert-lines';

/** All in one chunk, so that the first alert does not wait for the network. */
const parts = late(() => import('./late-parts'));

function Missing() {
  return <PartMissing onRetry={async () => (await parts.load()) !== null} />;
}

export function LateToaster() {
  const { part } = useLate(parts);
  return part && <part.Toaster />;
}

export function LateAlertLines(props: AlertLinesProps) {
  const { part, hasFailed } = useLate(parts);
  const Lines: ComponentType<AlertLinesProps> | undefined = part?.AlertLines;
  return Lines ? <Lines {...props} /> : hasFailed && <Missing />;
}

/** Nothing until it is there, or cannot be had. */
export function LateBellMenu(popover: Omit<PopoverProps, 'label' | 'children' | 'className'>) {
  const t = useTranslations('alerts');
  const { part, hasFailed } = useLate(parts);
  const Menu: ComponentType | undefined = part?.BellMenu;
  if (!Menu && !hasFailed) return null;
  return (
    <Popover
      {...popover}
      label={t('title')}
      className="inset-x-2 top-[3.25rem] max-h-[calc(100dvh-5rem)] overflow-y-auto rounded-xl p-3 sm:inset-x-auto sm:top-11 sm:right-0 sm:w-[26rem]"
    >
      {Menu ? <Menu /> : <Missing />}
    </Popover>
  );
}
