'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { fieldLook } from '../../ui/look';
import { useMetricName, useMetricValue } from '../metric-name';
import type { FieldWiring } from './field';
import { fitting, type MetricSummary, patternsOf } from './metric-options';

export interface MetricPickerProps {
  readonly wiring: FieldWiring;
  readonly metrics: readonly MetricSummary[];
  readonly value: string;
  readonly onChange: (metric: string) => void;
}

/** A metric's name or a pattern, typed or chosen from those that there are. */
export function MetricPicker({ wiring, metrics, value, onChange }: MetricPickerProps) {
  const t = useTranslations('rules.field');
  const nameOf = useMetricName();
  const say = useMetricValue();
  const [isOpen, setIsOpen] = useState(false);
  /** Until something is typed, all are offered, not only what is filled in already. */
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const listId = `${wiring.id}-list`;

  const last = useMemo(() => new Map(metrics.map((metric) => [metric.name, metric.last])), [metrics]);
  const options = useMemo(() => {
    const names = metrics.map(({ name }) => name);
    return [...names, ...patternsOf(names)].map((metric) => ({ metric, label: nameOf(metric) }));
  }, [metrics, nameOf]);
  const shown = isOpen ? fitting(options, typed) : [];

  const choose = (metric: string) => {
    onChange(metric);
    setTyped('');
    setIsOpen(false);
  };
  const open = () => {
    setIsOpen(true);
    setActive(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      if (!isOpen) return open();
      const next = (active + move + shown.length) % Math.max(1, shown.length);
      setActive(next);
      list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
    }
    const picked = shown[active];
    if (event.key === 'Enter' && isOpen && picked) {
      event.preventDefault();
      choose(picked.metric);
    }
    if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      setIsOpen(false);
    }
  };

  return (
    <div className="relative">
      <input
        {...wiring}
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={shown[active] ? `${listId}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => {
          onChange(event.target.value.trim());
          setTyped(event.target.value);
          open();
        }}
        onFocus={open}
        onBlur={() => setIsOpen(false)}
        onKeyDown={onKeyDown}
        className={`${fieldLook} w-full font-mono`}
      />
      <div
        ref={list}
        id={listId}
        role="listbox"
        aria-label={t('metricList')}
        hidden={shown.length === 0}
        className="absolute inset-x-0 top-10 z-10 max-h-72 overflow-y-auto rounded-lg border border-line bg-panel p-1 shadow-xl"
      >
        {shown.map(({ metric, label }, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys, as a combobox does.
          // biome-ignore lint/a11y/useFocusableInteractive: the input has the focus and names the active option.
          <div
            key={metric}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === active}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(metric)}
            className={`flex cursor-pointer items-baseline gap-3 rounded-md px-2 py-1.5 text-[0.8125rem] leading-5 ${index === active ? 'bg-raised' : 'hover:bg-raised'}`}
          >
            <span className="min-w-0 flex-1">
              <span className="block truncate">{label}</span>
              <span className="block truncate font-mono text-[0.6875rem] leading-4 text-soft">{metric}</span>
            </span>
            <span className="shrink-0 text-xs text-soft">
              {last.has(metric) ? say(metric, last.get(metric)?.value ?? null) : ''}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
