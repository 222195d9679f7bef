import { useTranslations } from 'next-intl';
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { TimeRange } from '@/lib/charts/time-axis';
import { request } from '@/lib/client/http';
import { messageTextMax } from '@/lib/protocol/limits';
import { noteSource } from '@/lib/protocol/log-event';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Problem } from '../ui/problem';
import { fieldText } from './field-text';

export interface NoteFormProps {
  /** The time that was pointed at when the form was opened: Unix ms. */
  readonly pointed: number | null;
  /** What is shown, unless it ends now. */
  readonly range: TimeRange | null;
  readonly now: () => number;
  readonly onClose: () => void;
}

/** A note at a time or about a range; everyone who views the host sees it as a mark. */
export function NoteForm({ pointed, range, now, onClose }: NoteFormProps) {
  const t = useTranslations('time');
  const [first] = useState(() => ({
    at: pointed ?? range?.from ?? now(),
    until: pointed === null ? (range?.to ?? null) : null,
  }));
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const text = useRef<HTMLInputElement>(null);
  useEffect(() => text.current?.focus(), []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = String(given.get('text')).trim();
    const [at, until] = (['at', 'until'] as const).map((name) => {
      const text = String(given.get(name));
      const before = first[name];
      // What was not changed stays as exact as it was.
      return before !== null && text === fieldText(before) ? Math.round(before) : Date.parse(text);
    });
    if (text === '') return setProblem(t('note.empty'));
    setBusy(true);
    // Without an end, `until` is NaN, which is null in JSON.
    const data = { t: at, until, text: text, source: noteSource };
    const answer = await request('/api/events', { method: 'POST', body: { type: 'message', data } });
    setBusy(false);
    if (answer.ok) onClose();
    else setProblem(t('note.failed', { detail: answer.detail || t('note.away') }));
  };
  const leave = ({ key }: KeyboardEvent) => key === 'Escape' && onClose();

  return (
    <Card
      as="form"
      aria-label={t('note.label')}
      onSubmit={submit}
      onKeyDown={leave}
      className="flex flex-wrap items-center gap-2 p-2 text-xs text-soft"
    >
      <Input
        size="sm"
        ref={text}
        name="text"
        required
        maxLength={messageTextMax}
        autoComplete="off"
        aria-label={t('note.text')}
        placeholder={t('note.text')}
        className="min-w-48 flex-[1_1_18rem]"
      />
      {(['at', 'until'] as const).map((name) => (
        <Field key={name} label={t(`note.${name}`)} isInline className="max-sm:w-full">
          <Input
            size="sm"
            name={name}
            type="datetime-local"
            step={1}
            className="max-sm:flex-1"
            required={name === 'at'}
            defaultValue={first[name] === null ? '' : fieldText(first[name])}
          />
        </Field>
      ))}
      <Button type="submit" variant="primary" size="sm" disabled={isBusy}>
        {t('note.save')}
      </Button>
      <Button size="sm" onClick={onClose}>
        {t('note.cancel')}
      </Button>
      {problem !== null && <Problem className="basis-full">{problem}</Problem>}
    </Card>
  );
}
