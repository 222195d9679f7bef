import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Checkbox } from '../ui/checkbox';
import { Dialog } from '../ui/dialog';
import { keysOffName } from './control-input';

const rows = [
  { name: 'pan', keys: ['←', '→'] },
  { name: 'zoom', keys: ['+', '−'] },
  { name: 'live', keys: ['L'] },
  { name: 'back', keys: ['B'] },
  { name: 'note', keys: ['N'] },
  { name: 'help', keys: ['?'] },
  { name: 'wheel', keys: ['⇧'] },
  { name: 'drag', keys: [] },
  { name: 'touch', keys: [] },
  { name: 'chart', keys: ['←', '→', '⇧', '↵'] },
  { name: 'pause', keys: ['Alt', 'P'] },
] as const;

/** The keys and gestures that go through time, and the way to do without single keys. */
export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  const t = useTranslations('time.help');
  const [isOn, setOn] = useState(() => localStorage.getItem(keysOffName) === null);
  const turn = (on: boolean) => {
    setOn(on);
    if (on) localStorage.removeItem(keysOffName);
    else localStorage.setItem(keysOffName, '1');
  };
  return (
    <Dialog
      title={t('title')}
      closeText={t('close')}
      onClose={onClose}
      closesOn={({ key }) => key === '?'}
      className="w-[min(34rem,94vw)]"
    >
      <div className="px-4 pt-1 pb-4">
        <dl className="text-[0.8125rem] leading-6">
          {rows.map(({ name, keys }) => (
            <div
              key={name}
              className="flex items-center justify-between gap-4 border-line py-1 not-first:border-t"
            >
              <dt className="min-w-24 text-soft">{t(`does.${name}`)}</dt>
              <dd
                className={`flex items-center justify-end gap-1 ${keys.length > 0 ? 'shrink-0' : 'min-w-0 text-right'}`}
              >
                {keys.map((key) => (
                  <kbd
                    key={key}
                    className="min-w-6 rounded border border-line bg-raised px-1.5 text-center font-sans text-xs leading-5"
                  >
                    {key}
                  </kbd>
                ))}
                {name in gestures && (
                  <span className="text-xs">{t(`gesture.${name as keyof typeof gestures}`)}</span>
                )}
              </dd>
            </div>
          ))}
        </dl>
        <Checkbox isOn={isOn} onChange={turn} className="mt-2 border-t border-line pt-3 text-[0.8125rem]">
          {t('everywhere')}
        </Checkbox>
      </div>
    </Dialog>
  );
}

const gestures = { wheel: true, drag: true, touch: true } as const;
