import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import type { TimeRange } from '../charts/time-domain';
import { longestMs } from './time-choice';

const field = 'h-8 min-w-0 rounded-md border border-line bg-page px-2 text-xs text-ink';

/** A moment as its field takes it: by the reader's clock, to the second. */
function fieldText(t: number): string {
  const local = new Date(t - new Date(t).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

export interface RangeFormProps {
  readonly range: TimeRange;
  readonly onShow: (range: TimeRange) => void;
}

/** From when to when, by the reader's clock. */
export function RangeForm({ range, onShow }: RangeFormProps) {
  const t = useTranslations('time');
  const [first] = useState(range);
  const [isWrong, setWrong] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const [from, to] = ['from', 'to'].map((name) => Date.parse(String(given.get(name)))) as [number, number];
    const isRight = to > from && to - from <= longestMs;
    setWrong(!isRight);
    if (isRight) onShow({ from, to });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2 text-xs text-soft">
      {(['from', 'to'] as const).map((name) => (
        <label key={name} className="flex items-center gap-1.5">
          {t(name)}
          <input
            name={name}
            type="datetime-local"
            step={1}
            required
            defaultValue={fieldText(first[name])}
            aria-invalid={isWrong}
            className={field}
          />
        </label>
      ))}
      <button
        type="submit"
        className="h-8 cursor-pointer rounded-md border border-line px-3 hover:bg-raised hover:text-ink"
      >
        {t('show')}
      </button>
      {isWrong && (
        <p role="alert" className="text-bad">
          {t('wrong')}
        </p>
      )}
    </form>
  );
}
