'use client';

import { useLocale, useTranslations } from 'next-intl';
import { type ReactNode, useEffect, useState } from 'react';
import { curlCommand } from '@/lib/client/inspector/curl';
import { CopyButton } from './copy-button';
import { useSession, useTick } from './inspector-context';
import { clockText, latencyText } from './number-text';
import { useProtocol } from './use-protocol';

function Facts({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 text-xs leading-5">
      {rows.map(([name, value]) => (
        <div key={name} className="col-span-2 grid grid-cols-subgrid border-line py-1 not-first:border-t">
          <dt className="text-soft">{name}</dt>
          <dd className="text-right [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Part({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="space-y-1.5">
      <div className="flex min-h-8 items-center justify-between gap-2">
        <h3 className="text-xs font-semibold">{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** The connections so far, newest first: their times, how they ended and how much was replayed. */
function History() {
  const t = useTranslations('stream.connection');
  const say = useTranslations('stream.ended');
  const locale = useLocale();
  const { connections } = useSession();
  return (
    <ol data-testid="connections" className="divide-y divide-line text-xs leading-5">
      {connections.toReversed().map((one) => (
        <li key={one.number} className="py-1.5">
          <div className="flex gap-2">
            <b className="font-semibold">{one.number}</b>
            <span className="font-mono text-soft">{clockText(one.requestedAt)}</span>
            <span className={`ml-auto ${one.end === null ? 'text-good' : 'text-soft'}`}>
              {one.end === null ? t('open') : say(one.end)}
            </span>
          </div>
          <div className="flex flex-wrap gap-x-2 text-soft">
            <span>
              {t('took', {
                duration: latencyText((one.endedAt ?? Date.now()) - one.requestedAt, locale),
                frames: one.frames,
              })}
            </span>
            {one.sentId && (
              <span>
                {t('sent')} <span className="font-mono">{one.sentId}</span>
              </span>
            )}
            {one.replayed > 0 && <span className="text-cpu">{t('replayed', { count: one.replayed })}</span>}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** Request and response of a connection, its transport, and a command that repeats it. */
export function ConnectionDetails() {
  const t = useTranslations('stream.connection');
  const locale = useLocale();
  const session = useSession();
  const protocol = useProtocol();
  const [origin, setOrigin] = useState('');
  useEffect(() => setOrigin(window.location.origin), []);
  useTick(500);
  const current = session.connections.at(-1);
  const offset = session.clock.read();
  // The page's time begins with the page, the host's in 1970.
  const ahead = offset && offset.offsetMs - performance.timeOrigin;
  const isShared = typeof SharedWorker !== 'undefined';
  const command = curlCommand(origin + session.url, session.lastEventId);

  return (
    <div className="space-y-4">
      <Part title={t('now')}>
        <Facts
          rows={[
            [
              t('transport'),
              <span key="transport" data-testid="protocol">
                <b className="font-mono font-semibold">{protocol ?? t('unknown')}</b>
                <br />
                <span className="text-soft">{t('transportNote')}</span>
              </span>,
            ],
            [t('dashboard'), t(isShared ? 'dashboardShared' : 'dashboardDirect')],
            [t('opened'), current?.openedAt == null ? '–' : clockText(current.openedAt)],
            [t('sent'), current?.sentId ? <code key="sent">{current.sentId}</code> : t('fresh')],
            [t('retry'), `${session.retryMs} ms`],
            [
              t('offset'),
              ahead === null || !offset
                ? '–'
                : t('offsetValue', {
                    offset: latencyText(ahead, locale),
                    error: latencyText(offset.plusMinusMs, locale),
                  }),
            ],
          ]}
        />
        <p className="text-xs leading-5 text-soft">
          {protocol === 'h2' || protocol === 'h3' ? t('h2') : protocol && t('http1')}
        </p>
      </Part>
      <Part title={t('curl')} aside={<CopyButton text={command} label={t('curl')} />}>
        <pre
          data-testid="curl"
          className="rounded-lg bg-page p-3 font-mono text-xs leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]"
        >
          {command}
        </pre>
      </Part>
      <Part title={t('headers')}>
        {current && current.headers.length > 0 ? (
          <>
            <div data-testid="headers" className="font-mono">
              <Facts rows={current.headers} />
            </div>
            <p className="text-xs leading-5 text-soft">{t('headersNote')}</p>
          </>
        ) : (
          <p className="text-xs leading-5 text-soft">{t('noHeaders')}</p>
        )}
      </Part>
      <Part title={t('history')}>
        <History />
      </Part>
    </div>
  );
}
