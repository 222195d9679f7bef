'use client';

import type { ComponentType } from 'react';
import { late, useLate } from '../ui/late';
import { PartMissing } from '../ui/part-missing';
import type { AlertLinesProps } from './alert-lines';
import type { BellMenuProps } from './bell-menu';

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

export function LateBellMenu(props: BellMenuProps) {
  const { part, hasFailed } = useLate(parts);
  const Menu: ComponentType<BellMenuProps> | undefined = part?.BellMenu;
  if (Menu) return <Menu {...props} />;
  return (
    hasFailed && (
      <div className="absolute inset-x-2 top-[3.25rem] z-20 rounded-xl border border-line bg-panel p-3 shadow-xl sm:inset-x-auto sm:top-11 sm:right-0 sm:w-[26rem]">
        <Missing />
      </div>
    )
  );
}
