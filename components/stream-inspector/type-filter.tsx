'use client';

import { useTranslations } from 'next-intl';
import { quietKinds } from '@/lib/client/inspector/entries';
import { loggedTypes } from '@/lib/protocol/event-types';
import { Chip } from '../ui/chip';
import { Radio } from '../ui/radio';
import { hueOf } from '../ui/type-hues';
import { useSession, useTick } from './inspector-context';

/** `page`: all is received and some of it shown. `server`: no more is sent than was asked for. */
export type FilterPlace = 'page' | 'server';

export interface TypeFilterProps {
  readonly chosen: ReadonlySet<string>;
  readonly place: FilterPlace;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onPlace: (place: FilterPlace) => void;
}

/** The feed's own events, which no filter hides. */
const controlTypes = ['hello', 'heartbeat', 'gap'];

export const isControl = (type: string) => [...controlTypes, ...quietKinds].includes(type);

/** That there is more at the right. */
const fading = '[mask-image:linear-gradient(90deg,#000_calc(100%-2rem),transparent)] [scrollbar-width:none]';

/** Room for what `short` gives, so that no chip grows. */
const countClasses = 'min-w-[4ch] text-left tabular-nums';

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
  const customTypes = [...new Set([...entries.counts.keys(), ...chosen])].filter((type) => !named.has(type));
  const types = [...loggedTypes, ...customTypes, ...controlTypes];

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
          <Radio
            key={one}
            group="filter-place"
            value={one}
            isChosen={place === one}
            onChoose={() => onPlace(one)}
            appearance="segment"
            title={t(one === 'page' ? 'hereHint' : 'serverHint')}
          >
            {one === 'page' ? `${t('where')} ${t('here')}` : t('server')}
          </Radio>
        ))}
      </fieldset>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll sideways in every browser. */}
      <div
        role="group"
        aria-label={t('label')}
        className="flex gap-1.5 p-0.5 pr-8 [scrollbar-width:none] max-lg:shrink-0 lg:min-w-0 lg:flex-1 lg:overflow-x-auto"
      >
        <Chip isOn={chosen.size === 0} onClick={() => onChoose(new Set())} className="font-mono">
          {t('all')}
          <span className={countClasses}>{short(entries.frames)}</span>
        </Chip>
        {types.map((type) => (
          <Chip
            key={type}
            isOn={chosen.has(type)}
            hue={hueOf(type)}
            aria-label={t('count', { type, count: entries.counts.get(type) ?? 0 })}
            disabled={place === 'server' && isControl(type)}
            title={isControl(type) ? t('control') : undefined}
            onClick={() => toggle(type)}
            className="font-mono"
          >
            <span aria-hidden="true" className="size-2 rounded-full" style={{ background: hueOf(type) }} />
            {type}
            <span className={`text-faint ${countClasses}`}>{short(entries.counts.get(type) ?? 0)}</span>
          </Chip>
        ))}
      </div>
    </div>
  );
}
