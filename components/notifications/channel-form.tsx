'use client';

import { useTranslations } from 'next-intl';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { ChannelKindName, ShownChannel } from '@/lib/protocol/notifications';
import { Button } from '../ui/button';
import { addChannel, changeChannel } from './api';
import { type Field, faultOf, fieldsOf, nameField, settingOf, severityField } from './fields';
import { FormField } from './form-field';

export interface ChannelFormProps {
  readonly kind: ChannelKindName;
  /** What is changed; `null` for a new one. */
  readonly channel: ShownChannel | null;
  readonly onDone: (saved: ShownChannel) => void;
  readonly onCancel: () => void;
}

function initialText(field: Field, channel: ShownChannel | null): string {
  const value = channel?.[field.name];
  if (!channel) return field.initial;
  if (field.isSecret || value === null || value === undefined) return '';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** One channel's settings. What is wrong is said beside the field, before and after the server has looked. */
export function ChannelForm({ kind, channel, onDone, onCancel }: ChannelFormProps) {
  const t = useTranslations('notifications');
  const fields = [nameField, severityField, ...fieldsOf[kind]];
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() => ({
    ...Object.fromEntries(fields.map((field) => [field.name, initialText(field, channel)])),
    ...(channel ? {} : { name: t(`kind.${kind}.name`) }),
  }));
  const [cleared, setCleared] = useState<ReadonlySet<string>>(new Set());
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [said, setSaid] = useState('');
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const isNew = channel === null;
  useEffect(() => {
    // The button that brought it is gone.
    if (isNew) form.current?.querySelector('input')?.focus();
  }, [isNew]);

  const keptOf = (field: Field) => {
    const value = channel?.[field.name];
    return field.isSecret && typeof value === 'string' ? value : null;
  };
  const isKept = (field: Field) => keptOf(field) !== null && !cleared.has(field.name);
  const wordsFor = (field: Field): string | null => {
    const fault = faultOf(field, texts[field.name] ?? '', keptOf(field) !== null);
    return fault ? t(`invalid.${fault}`, { min: field.min ?? 0, max: field.max ?? 0 }) : null;
  };
  const say = (name: string, words: string | null) =>
    setErrors(({ [name]: _, ...others }) => (words === null ? others : { ...others, [name]: words }));

  const focusFirst = (names: ReadonlySet<string>) => {
    const first = fields.find(({ name }) => names.has(name));
    if (first) form.current?.querySelector<HTMLElement>(`[name="${first.name}"]`)?.focus();
  };

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isBusy) return;
    const wrong = Object.fromEntries(
      fields.flatMap((field) => {
        const words = wordsFor(field);
        return words === null ? [] : [[field.name, words]];
      }),
    );
    setErrors(wrong);
    setSaid('');
    if (Object.keys(wrong).length > 0) return focusFirst(new Set(Object.keys(wrong)));
    const settings = Object.fromEntries(
      fields.map((field) => [field.name, settingOf(field, texts[field.name] ?? '', isKept(field))]),
    );
    setBusy(true);
    const answer = channel
      ? await changeChannel(channel.id, settings)
      : await addChannel({ kind, ...settings });
    setBusy(false);
    if (answer.ok) return onDone(answer.value);
    const named = answer.errors.map(({ path, message }) => ({ name: path.split('.')[0] ?? '', message }));
    const known = named.filter(({ name }) => fields.some((field) => field.name === name));
    setErrors(Object.fromEntries(known.map(({ name, message }) => [name, t('form.refused', { message })])));
    if (answer.status === 0) setSaid(t('away'));
    else if (known.length === 0) setSaid(t('form.refused', { message: answer.detail }));
    focusFirst(new Set(known.map(({ name }) => name)));
  }

  return (
    <form
      ref={form}
      noValidate
      onSubmit={submit}
      aria-label={t('form.label', { kind: t(`kind.${kind}.name`) })}
    >
      <p className="mb-4 max-w-prose text-[0.8125rem] text-soft">{t(`kind.${kind}.how`)}</p>
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        {fields.map((field) => (
          <FormField
            key={field.name}
            field={field}
            value={texts[field.name] ?? ''}
            error={errors[field.name] ?? null}
            kept={keptOf(field)}
            isCleared={cleared.has(field.name)}
            onClear={(clear) => {
              const others = [...cleared].filter((name) => name !== field.name);
              setCleared(new Set(clear ? [...others, field.name] : others));
              setTexts({ ...texts, [field.name]: '' });
            }}
            onChange={(text) => {
              setTexts({ ...texts, [field.name]: text });
              say(field.name, null);
            }}
            onLeave={() => {
              if ((texts[field.name] ?? '') !== '') say(field.name, wordsFor(field));
            }}
          />
        ))}
      </div>
      <p role="alert" className="mt-2 min-h-4 text-xs text-bad">
        {said}
      </p>
      <div className="mt-1 flex flex-wrap gap-2">
        <Button type="submit" variant="primary" disabled={isBusy}>
          {channel ? t('form.save') : t('form.add')}
        </Button>
        <Button onClick={onCancel}>{t('form.cancel')}</Button>
      </div>
    </form>
  );
}
