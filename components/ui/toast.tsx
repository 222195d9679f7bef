'use client';

import { type ReactNode, useEffect, useState } from 'react';
import { IconButton } from './button';
import { cardClasses } from './card';
import { Icon } from './icon';

export interface ToastProps {
  readonly severity: string;
  /** A CSS colour: how urgent it is. */
  readonly hue: string;
  readonly icon: ReactNode;
  /** The address that it links to; `null` where there is no page for it. */
  readonly href: string | null;
  readonly title: string;
  readonly text: string;
  readonly dismissLabel: string;
  readonly dismissHint: string;
  /** How long it stays; `null` until somebody dismisses it. */
  readonly lifeMs: number | null;
  /** Another number begins its time anew. */
  readonly version: number;
  readonly isHeld: boolean;
  readonly onGone: () => void;
}

/** One notice. It is not announced by itself: how urgent it is decides how. */
export function Toast(props: ToastProps) {
  const { severity, hue, icon, href, title, text, dismissLabel, dismissHint } = props;
  const { lifeMs, version, isHeld, onGone } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each version has its whole time.
  useEffect(() => {
    if (lifeMs === null || isHeld) return;
    const timer = setTimeout(onGone, lifeMs);
    return () => clearTimeout(timer);
  }, [version, lifeMs, isHeld, onGone]);
  const content = (
    <>
      <b className="block leading-5 font-semibold text-ink [overflow-wrap:anywhere]">{title}</b>
      <span className="line-clamp-2 text-xs leading-5 text-soft">{text}</span>
    </>
  );
  return (
    <li
      data-testid="toast"
      data-severity={severity}
      className={`toast pointer-events-auto flex items-start gap-2.5 overflow-hidden py-2.5 pr-1.5 pl-3 text-[0.8125rem] shadow-xl ${cardClasses}`}
      style={{ borderLeft: `3px solid ${hue}` }}
    >
      {icon}
      {href === null ? (
        <span className="min-w-0 flex-1">{content}</span>
      ) : (
        <a href={href} className="min-w-0 flex-1 rounded">
          {content}
        </a>
      )}
      <IconButton
        label={dismissLabel}
        title={dismissHint}
        variant="quiet"
        size="sm"
        onClick={onGone}
        className="-my-0.5"
      >
        <Icon name="close" />
      </IconButton>
    </li>
  );
}

export interface ToastStackProps {
  readonly label: string;
  readonly onDismissAll: () => void;
  /** The toasts; while the pointer or the focus is on one, they stay. */
  readonly children: (isHeld: boolean) => ReactNode;
  readonly footer: ReactNode;
}

/** The place of toasts: at the bottom of the window, above the page. */
export function ToastStack({ label, onDismissAll, children, footer }: ToastStackProps) {
  const [isHeld, setIsHeld] = useState(false);
  return (
    <section
      aria-label={label}
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
      onKeyDown={({ key }) => {
        if (key === 'Escape') onDismissAll();
      }}
      className="pointer-events-none fixed inset-x-3 bottom-3 z-30 sm:left-auto sm:w-[24rem]"
    >
      <ol className="grid gap-2">{children(isHeld)}</ol>
      {footer && (
        <div className="pointer-events-auto mt-2 flex justify-end gap-2 *:bg-panel *:shadow">{footer}</div>
      )}
    </section>
  );
}
