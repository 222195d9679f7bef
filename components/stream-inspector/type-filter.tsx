'use client';

import { useTranslations } from 'next-intl';
import { quietKinds } from '@/lib/client/inspector/entries';
import { loggedTypes } from '@/lib/protocol/event-types';
import { useSession, useTick } from './inspector-context';
import { hueOf } from './look';

/** `page`: all is received and some of it shown. `server`: no more is sent than was asked for. */
export type FilterPlace = 'page' | 'server';

export interface TypeFilterProps {
  readonly chosen: ReadonlySet<string>;
  readonly place: FilterPlace;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onPlace: (place: FilterPlace) => void;
}

/** What the feed says of itself, whatever the filter. */
const controlTypes = ['hello', 'heartbeat', 'gap'];

export const isControl = (type: string) => [...controlTypes, ...quietKinds].includes(type);

/** That there is more at the right. */
const fading = '[mask-image:linear-gradient(90deg,#000_calc(100%-2rem),transparent)] [scrollbar-width:none]';

const chipLook =
  'inline-flex h-8 shrink-0 cursor-pointer items-center gap-1.5 rounded-full border border-line px-2.5 font-mono text-xs whitespace-nowrap text-soft hover:bg-raised hover:text-ink disabled:cursor-default disabled:opacity-45 disabled:hover:bg-transparent aria-pressed:border-[var(--hue)] aria-pressed:bg-[color-mix(in_srgb,var(--hue)_16%,transparent)] aria-pressed:text-ink';

/** Room for what `short` gives, so that no chip grows. */
const countLook = 'min-w-[4ch] text-left tabular-nums';

/** Four characters at most. */
function short(count: number): string {
  if (count < 10_000) return String(count);
  return count < 999_500 ? `${Math.round(count / 1000)}k` : `${Math.round(count / 1e6)}M`;
}

export function TypeFilter({ chosen, place, onChoose, onPlace }: TypeFilterProps) {
  const t = useTranslations('stream.filter');
  const { entries } = useSession();
  useTick(250);
  const named = new Set<string>([...loggedTypes, ...controlTypes]);
  const invented = [...new Set([...entries.counts.keys(), ...chosen])].filter((type) => !named.has(type));
  const types = [...loggedTypes, ...invented, ...controlTypes];

  const toggle = (type: string) => {
    const next = new Set(chosen);
    if (!next.delete(type)) next.add(type);
    onChoose(next);
  };

  return (
    <div className={`flex min-w-0 items-center gap-2 ${fading} max-lg:overflow-x-auto`}>
      <fieldset className="flex shrink-0 items-center gap-0.5 rounded-lg border border-line p-0.5 text-[0.8125rem]">
        <legend className="sr-only">{t('where')}</legend>
        {(['page', 'server'] as const).map((one) => (
          <label
            key={one}
            title={t(one === 'page' ? 'hereHint' : 'serverHint')}
            className="cursor-pointer rounded-md px-2.5 py-1 text-soft has-checked:bg-raised has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-cpu"
          >
            <input
              type="radio"
              name="filter-place"
              className="sr-only"
              checked={place === one}
              onChange={() => onPlace(one)}
            />
            {one === 'page' ? `${t('where')} ${t('here')}` : t('server')}
          </label>
        ))}
      </fieldset>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll sideways in every browser. */}
      <div
        role="group"
        aria-label={t('label')}
        className="flex gap-1.5 p-0.5 pr-8 [scrollbar-width:none] max-lg:shrink-0 lg:min-w-0 lg:flex-1 lg:overflow-x-auto"
      >
        <button
          type="button"
          aria-pressed={chosen.size === 0}
          onClick={() => onChoose(new Set())}
          className={chipLook}
          style={{ '--hue': 'var(--hue-cpu)' } as React.CSSProperties}
        >
          {t('all')}
          <span className={countLook}>{short(entries.frames)}</span>
        </button>
        {types.map((type) => (
          <button
            key={type}
            type="button"
            aria-pressed={chosen.has(type)}
            aria-label={t('count', { type, count: entries.counts.get(type) ?? 0 })}
            disabled={place === 'server' && isControl(type)}
            title={isControl(type) ? t('control') : undefined}
            onClick={() => toggle(type)}
            className={chipLook}
            style={{ '--hue': hueOf(type) } as React.CSSProperties}
          >
            <span aria-hidden="true" className="size-2 rounded-full" style={{ background: hueOf(type) }} />
            {type}
            <span className={`text-faint ${countLook}`}>{short(entries.counts.get(type) ?? 0)}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
