'use client';

import { useLocale, useTranslations } from 'next-intl';
import { type FormEvent, useEffect, useState } from 'react';
import { request } from '@/lib/client/http';
import { messageTextMax } from '@/lib/protocol/limits';
import { Button } from '../ui/button';
import { BareInput } from '../ui/input';
import { useSession } from './inspector-context';
import { latencyText } from './number-text';

type Sent =
  | { readonly kind: 'none' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'away' }
  | { readonly kind: 'failed'; readonly detail: string }
  | {
      readonly kind: 'taken';
      readonly id: string;
      readonly sentAt: number;
      readonly arrivedAt: number | null;
    };

export interface ComposerProps {
  readonly onPublished: (id: string) => void;
}

async function publish(text: string): Promise<Sent> {
  const sentAt = Date.now();
  const result = await request<{ readonly ids?: readonly string[] }>('/api/events', {
    method: 'POST',
    body: { type: 'message', data: { text, source: 'stream inspector' } },
    tries: 1,
  });
  if (!result.ok)
    return result.status === 0
      ? { kind: 'away' }
      : { kind: 'failed', detail: result.detail || String(result.status) };
  const id = result.value.ids?.[0];
  return id ? { kind: 'taken', id, sentAt, arrivedAt: null } : { kind: 'failed', detail: '' };
}

/** A prompt below the list: a message sent here is published and comes back as a frame. */
export function Composer({ onPublished }: ComposerProps) {
  const t = useTranslations('stream.send');
  const locale = useLocale();
  const session = useSession();
  const [text, setText] = useState('');
  const [sent, setSent] = useState<Sent>({ kind: 'none' });

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '' || sent.kind === 'sending') return;
    setSent({ kind: 'sending' });
    const result = await publish(text);
    if (result.kind === 'taken') {
      setText('');
      onPublished(result.id);
    }
    setSent(result);
  };

  // The frame may be here before the answer is.
  useEffect(() => {
    if (sent.kind !== 'taken' || sent.arrivedAt !== null) return;
    const look = () => {
      const entry = session.entries.all.findLast(
        ({ frame }) => frame?.id === sent.id && frame.type === 'message',
      );
      if (entry) setSent({ ...sent, arrivedAt: entry.arrivedAt });
    };
    look();
    return session.subscribe(look);
  }, [sent, session]);

  const say = () => {
    if (sent.kind === 'none') return '';
    if (sent.kind === 'failed') return t('failed', { detail: sent.detail });
    if (sent.kind === 'away') return t('failed', { detail: t('away') });
    if (sent.kind === 'sending') return t('sending');
    if (sent.arrivedAt === null) return t('taken', { id: sent.id });
    return t('arrived', { id: sent.id, duration: latencyText(sent.arrivedAt - sent.sentAt, locale) });
  };
  const said = say();
  const isBad = sent.kind === 'failed' || sent.kind === 'away';

  return (
    <form
      onSubmit={submit}
      className="flex flex-wrap items-center gap-x-2 border-t border-line px-2 py-1.5 sm:flex-nowrap"
    >
      <span aria-hidden="true" className="pl-1 font-mono text-good">
        ›
      </span>
      <BareInput
        value={text}
        onChange={(event) => setText(event.target.value)}
        maxLength={messageTextMax}
        aria-label={t('label')}
        placeholder={t('placeholder')}
        autoComplete="off"
        className="flex-1 font-mono"
      />
      <Button type="submit" disabled={sent.kind === 'sending'} className="order-2 sm:order-3">
        {t('button')}
      </Button>
      <output
        title={said}
        className={`order-3 h-4 basis-full truncate px-1 text-xs leading-4 sm:order-2 sm:basis-[45%] sm:text-right ${isBad ? 'text-bad' : 'text-soft'}`}
      >
        {said}
      </output>
    </form>
  );
}
