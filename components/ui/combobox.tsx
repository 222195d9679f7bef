'use client';

import { Autocomplete } from '@base-ui/react/autocomplete';
import { type ReactNode, useState } from 'react';
import { useFieldWiring } from './field';
import { controlClasses, controlSizes } from './input';

export interface ComboboxProps<T> {
  readonly value: string;
  /** What was typed, or the text of the option that was chosen. */
  readonly onChange: (text: string) => void;
  /** The options that fit what was typed; `''` until something is, so that all are offered at first. */
  readonly optionsFor: (typed: string) => readonly T[];
  readonly textOf: (option: T) => string;
  readonly listLabel: string;
  readonly children: (option: T) => ReactNode;
  readonly className?: string;
}

/** Text that is typed or chosen: options are offered, and nothing else is refused. */
export function Combobox<T>(props: ComboboxProps<T>) {
  const { value, onChange, optionsFor, textOf, listLabel, children, className = '' } = props;
  const [typed, setTyped] = useState('');
  const wired = useFieldWiring({});
  return (
    <Autocomplete.Root
      items={optionsFor(typed)}
      filter={null}
      itemToStringValue={textOf}
      value={typed.trim() === value ? typed : value}
      onValueChange={(text, { reason }) => {
        // Escape closes the list; it does not empty the field.
        if (reason === 'escape-key') return;
        setTyped(reason === 'item-press' ? '' : text);
        onChange(text.trim());
      }}
      onOpenChange={(isOpen) => {
        if (!isOpen) setTyped('');
      }}
      openOnInputClick
      autoHighlight="always"
    >
      <Autocomplete.Input
        {...wired}
        spellCheck={false}
        className={`${controlClasses} ${controlSizes.md} w-full ${className}`}
      />
      <Autocomplete.Portal>
        <Autocomplete.Positioner sideOffset={4} className="z-20">
          <Autocomplete.Popup className="w-(--anchor-width) rounded-lg border border-line bg-panel shadow-xl data-empty:hidden">
            <Autocomplete.List
              aria-label={listLabel}
              className="max-h-[min(18rem,var(--available-height))] scroll-py-1 overflow-y-auto p-1 outline-none [scrollbar-width:thin]"
            >
              {(option: T) => (
                <Autocomplete.Item
                  key={textOf(option)}
                  value={option}
                  className="flex cursor-pointer items-baseline gap-3 rounded-md px-2 py-1.5 text-[0.8125rem] leading-5 outline-none data-highlighted:bg-raised"
                >
                  {children(option)}
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
}
