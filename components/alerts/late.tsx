'use client';

import { type ComponentType, useEffect, useState } from 'react';
import type { AlertLinesProps } from './alert-lines';
import type { BellMenuProps } from './bell-menu';

const loadAll = () => import('./late-parts');
type Parts = Awaited<ReturnType<typeof loadAll>>;

/**
 * A part that comes after the page, since on most days there is nothing for it to say. All come in one chunk at
 * once, so that the first alert does not wait for the network.
 */
function useLate<K extends keyof Parts>(name: K): Parts[K] | null {
  const [part, setPart] = useState<Parts[K] | null>(null);
  useEffect(() => {
    // Without them figures are shown all the same, and the bell counts.
    loadAll().then(
      (parts) => setPart(() => parts[name]),
      () => {},
    );
  }, [name]);
  return part;
}

export function LateToaster() {
  const Toaster = useLate('Toaster');
  return Toaster && <Toaster />;
}

export function LateAlertLines(props: AlertLinesProps) {
  const Lines: ComponentType<AlertLinesProps> | null = useLate('AlertLines');
  return Lines && <Lines {...props} />;
}

export function LateBellMenu(props: BellMenuProps) {
  const Menu: ComponentType<BellMenuProps> | null = useLate('BellMenu');
  return Menu && <Menu {...props} />;
}
