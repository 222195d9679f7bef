import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { Button } from './button';
import { cardClasses } from './card';

export interface DialogProps {
  readonly title: string;
  /** The text of the button that closes it. */
  readonly closeText: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Other keys than Escape that close it. */
  readonly closesOn?: (event: KeyboardEvent) => boolean;
  readonly className?: string;
}

/**
 * The browser's own modal dialog: it keeps the focus, makes the page inert, closes on Escape and gives the focus
 * back. Open as long as it is there.
 */
export function Dialog({ title, closeText, onClose, children, closesOn, className = '' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      // Beside the box is the backdrop, which is the dialog's own.
      onClick={({ target }) => target === dialog.current && close()}
      onKeyDown={(event) => closesOn?.(event) && close()}
      className={`m-auto max-h-[85dvh] text-ink shadow-2xl backdrop:bg-black/50 ${cardClasses} ${className}`}
    >
      <header className="sticky top-0 flex items-center justify-between gap-6 border-b border-line bg-panel px-4 py-2.5">
        <h2 className="font-semibold">{title}</h2>
        <Button size="sm" onClick={close}>
          {closeText}
        </Button>
      </header>
      {children}
    </dialog>
  );
}
