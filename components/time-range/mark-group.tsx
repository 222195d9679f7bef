import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useEffect, useId, useRef } from 'react';
import { BareButton } from '../ui/button';
import { Popover } from '../ui/popover';
import { TextLink } from '../ui/text-link';
import { timestampText } from '../ui/timestamp';
import type { Annotation } from './annotation';
import type { MarkGroup } from './group-marks';
import { foremost, MarkIcon } from './mark-icon';

export interface MarkGroupButtonProps {
  readonly group: MarkGroup<Annotation>;
  /** Where the Tab key comes to; arrow keys go on from there. */
  readonly isStop: boolean;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly onFocus: () => void;
}

const shownMax = 8;
/** How long the pointer may take from a mark to its text. */
const graceMs = 180;

/** One annotation, or several too close to be distinguished; opens to their texts and links. */
export function MarkGroupButton({ group, isStop, isOpen, onOpen, onFocus }: MarkGroupButtonProps) {
  const t = useTranslations('time');
  const locale = useLocale();
  const id = useId();
  const leaving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => () => clearTimeout(leaving.current), []);
  const close = useCallback(() => onOpen(false), [onOpen]);
  const { at, of } = group;
  const first = foremost(of);
  if (!first) return null;
  const say = (t: number) => timestampText(t, locale);
  const enter = () => {
    clearTimeout(leaving.current);
    onOpen(true);
  };
  const name = t('mark.at', { title: first.title, time: say(first.t) });
  return (
    <li
      onPointerEnter={({ pointerType }) => pointerType === 'mouse' && enter()}
      onPointerLeave={({ pointerType }) => {
        // A finger leaves each time that it is lifted.
        if (pointerType === 'touch') return;
        leaving.current = setTimeout(close, graceMs);
      }}
      onFocus={() => {
        onFocus();
        enter();
      }}
    >
      <BareButton
        ref={button}
        data-group={of.length}
        tabIndex={isStop ? 0 : -1}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={of.length > 1 ? t('mark.more', { name, count: of.length - 1 }) : name}
        onClick={enter}
        className="absolute top-1/2 grid size-6 -translate-1/2 place-items-center rounded-full bg-panel hover:bg-raised aria-expanded:bg-raised"
        style={{ left: `${at * 100}%` }}
      >
        <MarkIcon of={first} />
        {of.length > 1 && (
          <span
            aria-hidden="true"
            className="absolute -top-1 -right-1.5 min-w-3.5 rounded-full border border-line bg-page px-0.5 text-center text-[0.625rem] leading-3 font-semibold text-ink"
          >
            {of.length > 99 ? '99+' : of.length}
          </span>
        )}
      </BareButton>
      {isOpen && (
        <Popover
          id={id}
          label={name}
          anchor={button}
          onClose={close}
          className="top-full mt-1 w-72 max-w-full rounded-lg p-1.5 text-xs leading-5"
          style={{ left: `clamp(0px, ${at * 100}% - 9rem, max(0px, 100% - 18rem))` }}
        >
          <ul>
            {of
              .slice(-shownMax)
              .toReversed()
              .map((one) => (
                <li key={one.key}>
                  <Told one={one} time={say(one.t)} until={one.until === null ? null : say(one.until)} />
                </li>
              ))}
            {of.length > shownMax && (
              <li className="px-1.5 text-soft">
                <TextLink href="/events" className="underline hover:text-ink">
                  {t('mark.others', { count: of.length - shownMax })}
                </TextLink>
              </li>
            )}
          </ul>
        </Popover>
      )}
    </li>
  );
}

interface ToldProps {
  readonly one: Annotation;
  readonly time: string;
  readonly until: string | null;
}

function Told({ one, time, until }: ToldProps) {
  const t = useTranslations('time');
  const text = (
    <>
      <MarkIcon of={one} className="mt-0.5 size-4" />
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <b className="font-semibold text-ink">{one.title}</b>
        {one.text !== '' && <span className="line-clamp-3 text-soft">{one.text}</span>}
        <span className="block text-soft">
          {until === null ? time : t('between', { from: time, to: until })}
          {one.href !== null && <span className="text-cpu"> · {t('mark.open')}</span>}
        </span>
      </span>
    </>
  );
  const classes = 'flex items-start gap-2 rounded-md px-1.5 py-1';
  if (one.href === null) return <p className={classes}>{text}</p>;
  const isOurs = one.href.startsWith('/');
  return (
    <a
      href={one.href}
      {...(isOurs ? {} : { target: '_blank', rel: 'noopener noreferrer' })}
      className={`${classes} hover:bg-raised`}
    >
      {text}
    </a>
  );
}
