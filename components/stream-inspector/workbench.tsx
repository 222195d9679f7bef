'use client';

import { useCallback, useState } from 'react';
import type { Entry } from '@/lib/client/inspector/entries';
import type { Theme } from '@/lib/i18n/theme';
import { Card } from '../ui/card';
import { Announcer } from './announcer';
import { Composer } from './composer';
import { FrameLog } from './frame-log';
import { StreamHeader } from './header';
import { InspectorProvider, useEachBatch, useSession } from './inspector-context';
import { Meters } from './meters';
import { RequestBar } from './request-bar';
import type { Pick } from './rows';
import { SidePane, type Tab } from './side-pane';
import { type FilterPlace, isControl, TypeFilter } from './type-filter';

export interface StreamInspectorProps {
  readonly host: string;
  readonly theme: Theme;
  /** Asked of the server from the start. */
  readonly types: readonly string[];
}

const nothing: ReadonlySet<string> = new Set();

/** The page's address says which types the server is asked for, so that it can be kept and shared. */
function rememberInAddress(types: readonly string[]): void {
  const address = new URL(window.location.href);
  if (types.length === 0) address.searchParams.delete('types');
  else address.searchParams.set('types', types.join(','));
  window.history.replaceState(null, '', address.href.replaceAll('%2C', ','));
}

function Bar({
  frozen,
  onFreeze,
  onClear,
  onShow,
}: {
  readonly frozen: { readonly frames: number } | null;
  readonly onFreeze: () => void;
  readonly onClear: () => void;
  readonly onShow: (connection: number) => void;
}) {
  const session = useSession();
  useEachBatch();
  return (
    <RequestBar
      isPaused={frozen !== null}
      behind={frozen ? Math.max(0, session.entries.frames - frozen.frames) : 0}
      onPause={onFreeze}
      onClear={onClear}
      onShow={onShow}
    />
  );
}

function Workbench({ host, theme, types }: StreamInspectorProps) {
  const session = useSession();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(types));
  const [place, setPlace] = useState<FilterPlace>(types.length > 0 ? 'server' : 'page');
  const [frozen, setFrozen] = useState<{ readonly all: readonly Entry[]; readonly frames: number } | null>(
    null,
  );
  const [picked, setPicked] = useState<{ readonly at: Pick; readonly entry: Entry } | null>(null);
  const [target, setTarget] = useState<{ readonly key: number } | null>(null);
  const [tab, setTab] = useState<Tab>('frame');
  const [mine, setMine] = useState<ReadonlySet<string>>(nothing);

  const filter = (next: ReadonlySet<string>, where: FilterPlace) => {
    const asked = where === 'server' ? [...next].filter((type) => !isControl(type)) : [];
    setChosen(where === 'server' ? new Set(asked) : next);
    setPlace(where);
    session.setTypes(asked);
    rememberInAddress(asked);
  };
  const freeze = () =>
    setFrozen((old) => (old ? null : { all: session.entries.all.slice(), frames: session.entries.frames }));
  const clear = () => {
    session.clear();
    setFrozen(null);
    setPicked(null);
  };
  const pick = useCallback((at: Pick | null, entry: Entry | null) => {
    setPicked(at && entry ? { at, entry } : null);
    if (entry) setTab('frame');
  }, []);
  // One frame of the connection before it stays in view, so that one sees where it goes on.
  const show = (connection: number) => {
    const all = frozen?.all ?? session.entries.all;
    const first = all.findIndex((entry) => entry.connection === connection);
    const entry = all[Math.max(0, first - 2)];
    if (entry) setTarget({ key: entry.key });
  };
  const published = useCallback((id: string) => setMine((old) => new Set([...old, id])), []);

  return (
    <div className="flex min-h-dvh flex-col lg:h-dvh lg:min-h-[44rem]">
      <StreamHeader host={host} theme={theme} />
      <Announcer isPaused={frozen !== null} />
      <main className="mx-auto flex min-h-0 w-full max-w-[150rem] flex-1 flex-col gap-2 px-2 pt-2 pb-2 sm:px-5 sm:pt-3 sm:pb-4">
        <Bar frozen={frozen} onFreeze={freeze} onClear={clear} onShow={show} />
        <Meters />
        <TypeFilter
          chosen={chosen}
          place={place}
          onChoose={(next) => filter(next, place)}
          onPlace={(where) => filter(chosen, where)}
        />
        <div className="grid min-h-0 flex-1 gap-2 lg:grid-cols-[minmax(0,1fr)_22rem] xl:grid-cols-[minmax(0,1fr)_26rem] 2xl:grid-cols-[minmax(0,1fr)_32rem]">
          <Card
            as="div"
            className="flex h-[65dvh] min-h-80 min-w-0 flex-col overflow-hidden lg:h-auto lg:min-h-0"
          >
            <FrameLog
              frozen={frozen?.all ?? null}
              shown={place === 'page' ? chosen : nothing}
              picked={picked?.at ?? null}
              onPick={pick}
              target={target}
              mine={mine}
            />
            <Composer onPublished={published} />
          </Card>
          <SidePane tab={tab} onTab={setTab} entry={picked?.entry ?? null} line={picked?.at.line ?? 0} />
        </div>
      </main>
    </div>
  );
}

/** The stream inspector: one stream, shown byte by byte and explained. */
export function StreamInspector(props: StreamInspectorProps) {
  return (
    <InspectorProvider types={props.types}>
      <Workbench {...props} />
    </InspectorProvider>
  );
}
