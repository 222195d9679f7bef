import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
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
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOn, setOn] = useState(() => localStorage.getItem(keysOffName) === null);
  useEffect(() => dialog.current?.showModal(), []);
  const turn = (on: boolean) => {
    setOn(on);
    if (on) localStorage.removeItem(keysOffName);
    else localStorage.setItem(keysOffName, '1');
  };
  return (
    <dialog
      ref={dialog}
      aria-label={t('title')}
      onClose={onClose}
      // Beside the box is the backdrop, which is the dialog's own.
      onClick={({ target }) => target === dialog.current && dialog.current?.close()}
      onKeyDown={({ key }) => key === '?' && dialog.current?.close()}
      className="m-auto w-[min(34rem,94vw)] rounded-xl border border-line bg-panel text-ink shadow-2xl backdrop:bg-black/50"
    >
      <div className="p-4">
        <div className="flex items-center justify-between gap-4 pb-2">
          <h2 className="font-semibold">{t('title')}</h2>
          <button
            type="button"
            onClick={() => dialog.current?.close()}
            className="h-8 cursor-pointer rounded-lg border border-line px-3 text-[0.8125rem] text-soft hover:bg-raised hover:text-ink"
          >
            {t('close')}
          </button>
        </div>
        <dl className="text-[0.8125rem] leading-6">
          {rows.map(({ name, keys }) => (
            <div key={name} className="flex items-center justify-between gap-4 border-t border-line py-1">
              <dt className="text-soft">{t(`does.${name}`)}</dt>
              <dd className="flex shrink-0 items-center gap-1">
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
        <label className="mt-2 flex items-center gap-2 border-t border-line pt-3 text-[0.8125rem]">
          <input type="checkbox" checked={isOn} onChange={({ target }) => turn(target.checked)} />
          {t('everywhere')}
        </label>
      </div>
    </dialog>
  );
}

const gestures = { wheel: true, drag: true, touch: true } as const;
