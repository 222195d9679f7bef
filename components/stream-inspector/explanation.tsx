'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { LineKind } from '@/lib/client/inspector/entries';
import { isLoggedType, isSampleType } from '@/lib/protocol/event-types';

const code = (chunks: ReactNode) => (
  <code className="rounded bg-raised px-1 py-px font-mono text-[0.92em] [overflow-wrap:anywhere]">
    {chunks}
  </code>
);

function kindOfType(type: string) {
  if (type === 'hello' || type === 'heartbeat' || type === 'gap' || type === 'message') return type;
  if (isSampleType(type)) return 'sample';
  return isLoggedType(type) ? 'occurrence' : 'own';
}

export interface ExplanationProps {
  readonly kind: LineKind;
  /** The event type of the frame, when an event comes of it. */
  readonly type: string | null;
}

/** What a line of this kind means, what this event is, and what a browser does with it. */
export function Explanation({ kind, type }: ExplanationProps) {
  const t = useTranslations('stream');
  return (
    <div className="space-y-2 text-[0.8125rem] leading-5">
      <p>{t.rich(`explain.${kind}.is`, { code })}</p>
      {type && (kind === 'event' || kind === 'data') && (
        <p>{t.rich(`type.${kindOfType(type)}`, { code, type })}</p>
      )}
      <p className="border-l-2 border-cpu pl-3 text-soft">
        <b className="block text-xs font-semibold text-ink">{t('frame.browser')}</b>
        {t.rich(`explain.${kind}.does`, { code })}
      </p>
    </div>
  );
}

const glossary: readonly LineKind[] = ['retry', 'id', 'event', 'data', 'comment', 'blank'];

/** The whole protocol, for who has picked no line yet. */
export function Glossary() {
  const t = useTranslations('stream');
  return (
    <div className="space-y-3">
      <p className="text-[0.8125rem] leading-5">{t('frame.pick')}</p>
      <div className="divide-y divide-line rounded-lg border border-line">
        {glossary.map((kind) => (
          <details key={kind} name="glossary" open={kind === 'retry'} className="group px-3">
            <summary className="flex h-9 cursor-pointer list-none items-center font-mono text-xs font-semibold">
              <span aria-hidden="true" className="mr-2 text-faint group-open:rotate-90">
                ›
              </span>
              {t(`kind.${kind}`)}
            </summary>
            <div className="pb-3">
              <Explanation kind={kind} type={null} />
            </div>
          </details>
        ))}
      </div>
    </div>
  );
}
