import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import type { TimeRange } from '@/lib/charts/time-axis';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Problem } from '../ui/problem';
import { fieldText } from './field-text';
import { spanMsMax } from './time-choice';

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
    const isRight = to > from && to - from <= spanMsMax;
    setWrong(!isRight);
    if (isRight) onShow({ from, to });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2 text-xs text-soft">
      {(['from', 'to'] as const).map((name) => (
        <Field key={name} label={t(name)} isInline className="max-sm:w-full">
          <Input
            size="sm"
            name={name}
            type="datetime-local"
            step={1}
            className="max-sm:flex-1"
            required
            defaultValue={fieldText(first[name])}
            aria-invalid={isWrong}
          />
        </Field>
      ))}
      <Button type="submit" size="sm">
        {t('show')}
      </Button>
      {isWrong && <Problem className="basis-full">{t('wrong')}</Problem>}
    </form>
  );
}
