'use client';

import { type CSSProperties, type ReactNode, type RefObject, useEffect, useRef } from 'react';

export interface PopoverProps {
  readonly id: string;
  readonly label: string;
  /** What opens it. */
  readonly anchor: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly className?: string;
  readonly style?: CSSProperties;
}

/** More of what opened it, beside it. Closes when the user goes elsewhere; Escape leads back to what opened it. */
export function Popover({ id, label, anchor, onClose, children, className = '', style }: PopoverProps) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const isInside = (target: EventTarget | null) =>
      target instanceof Node && [box.current, anchor.current].some((element) => element?.contains(target));
    const leave = ({ target }: Event) => {
      if (!isInside(target)) onClose();
    };
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return;
      // A mark opens when it is focused, so it is focused first.
      if (isInside(document.activeElement)) anchor.current?.focus();
      onClose();
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
      document.removeEventListener('keydown', onKeyDown);
    };
  }, [anchor, onClose]);
  return (
    <section
      ref={box}
      id={id}
      aria-label={label}
      style={style}
      className={`absolute z-20 border border-line bg-panel shadow-xl ${className}`}
    >
      {children}
    </section>
  );
}
