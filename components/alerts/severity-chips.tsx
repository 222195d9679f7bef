'use client';

import { useTranslations } from 'next-intl';
import type { Severity } from '@/lib/protocol/alerting';
import { Chip } from '../ui/chip';
import { SeverityIcon, worstFirst } from './severity';

export interface SeverityChipsProps {
  readonly label: string;
  readonly chosen: readonly Severity[];
  readonly onChange: (chosen: readonly Severity[]) => void;
}

/** Which severities a list shows; all when none is chosen. */
export function SeverityChips({ label, chosen, onChange }: SeverityChipsProps) {
  const t = useTranslations('alerts.severity');
  const toggle = (severity: Severity) =>
    onChange(chosen.includes(severity) ? chosen.filter((one) => one !== severity) : [...chosen, severity]);
  return (
    <fieldset className="flex flex-wrap gap-1.5">
      <legend className="sr-only">{label}</legend>
      {worstFirst.map((severity) => (
        <Chip key={severity} isOn={chosen.includes(severity)} onClick={() => toggle(severity)}>
          <SeverityIcon tone={severity} className="size-3.5" />
          {t(severity)}
        </Chip>
      ))}
    </fieldset>
  );
}
