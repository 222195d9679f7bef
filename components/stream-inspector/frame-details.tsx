'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import type { Entry, FrameEntry } from '@/lib/client/inspector/entries';
import { Checkbox } from '../ui/checkbox';
import { JsonText } from '../ui/json-text';
import { hueOf } from '../ui/type-hues';
import { CopyButton } from './copy-button';
import { Explanation } from './explanation';
import { useEndText } from './log-row';
import { bytesText, clockText, latencyText } from './number-text';

/** A document longer than this takes too long to colour and to read. */
const prettyLengthMax = 60_000;

/** A frame as it was sent, with its closing blank line. */
function rawText(entry: Entry): string {
  return entry.lines.map(({ text }) => `${text}\n`).join('');
}

function prettyJson(data: string | null): string | null {
  if (data === null) return null;
  try {
    return JSON.stringify(JSON.parse(data), null, 2);
  } catch {
    return null;
  }
}

function Facts({ entry }: { readonly entry: FrameEntry }) {
  const t = useTranslations('stream.frame');
  const say = useTranslations('stream.idCheck');
  const locale = useLocale();
  const { idCheck } = entry;
  const idText =
    idCheck.kind === 'unannounced' && idCheck.missed === 0
      ? say('otherLog')
      : 'missed' in idCheck
        ? say(idCheck.kind, { missed: idCheck.missed })
        : say(idCheck.kind);
  const rows: readonly (readonly [string, string])[] = [
    [t('arrived'), clockText(entry.arrivedAt)],
    [t('size'), bytesText(entry.frame.bytes, locale)],
    [t('latency'), entry.latencyMs === null ? '–' : latencyText(entry.latencyMs, locale)],
    [t('connection'), String(entry.connection)],
    [t('replay'), entry.isReplay ? t('yes') : t('no')],
    [t('id'), idText],
  ];
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 text-xs leading-6">
      {rows.map(([name, value]) => (
        <div key={name} className="col-span-2 grid grid-cols-subgrid border-line not-first:border-t">
          <dt className="text-soft">{name}</dt>
          <dd className="text-right">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The picked line explained, and the frame it is of, whole. */
export function FrameDetails({ entry, line }: { readonly entry: Entry; readonly line: number }) {
  const t = useTranslations('stream');
  const endText = useEndText();
  const [isPretty, setIsPretty] = useState(false);
  const { frame } = entry;
  const picked = entry.lines[line] ?? entry.lines[0];
  const pretty = useMemo(() => prettyJson(frame?.data ?? null), [frame]);
  if (!picked) return null;
  const text = picked.kind === 'ended' && !entry.frame && entry.end ? `× ${endText(entry.end)}` : picked.text;
  const canBePretty = pretty !== null && pretty.length <= prettyLengthMax;

  return (
    <div className="space-y-4">
      <section aria-live="polite" className="space-y-2">
        <h3 className="flex items-baseline gap-2 text-sm font-semibold">
          <span className="font-mono">{t(`kind.${picked.kind}`)}</span>
          {entry.frame && (
            <span className="font-mono text-xs" style={{ color: hueOf(entry.type) }}>
              {entry.type}
            </span>
          )}
        </h3>
        <Explanation kind={picked.kind} type={frame?.type ?? null} />
      </section>
      <section className="space-y-2">
        <div className="flex h-8 items-center gap-2">
          <h3 className="mr-auto text-xs font-semibold">{t('frame.frame')}</h3>
          <Checkbox
            isOn={isPretty}
            disabled={!canBePretty}
            onChange={setIsPretty}
            className="text-xs text-soft has-disabled:opacity-50"
          >
            {t('frame.pretty')}
          </Checkbox>
          <CopyButton text={rawText(entry)} label={t('frame.copy')} />
        </div>
        <pre
          data-testid="frame"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
          tabIndex={0}
          className="max-h-96 overflow-auto rounded-lg bg-page p-3 font-mono text-xs leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]"
        >
          {isPretty && canBePretty ? <JsonText text={pretty} /> : frame ? rawText(entry) : text}
        </pre>
      </section>
      {entry.frame && (
        <section className="space-y-1">
          <h3 className="text-xs font-semibold">{t('frame.facts')}</h3>
          <Facts entry={entry} />
        </section>
      )}
    </div>
  );
}
