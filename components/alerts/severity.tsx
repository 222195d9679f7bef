import type { Severity } from '@/lib/protocol/alerting';

export type AlertTone = Severity | 'resolved' | 'pending';

/** The severities, the worst first. */
export const worstFirst = ['critical', 'warning', 'info'] as const satisfies readonly Severity[];

export const toneText: Readonly<Record<AlertTone, string>> = {
  critical: 'text-bad',
  warning: 'text-warn',
  info: 'text-cpu',
  pending: 'text-soft',
  resolved: 'text-good',
};

export const toneHue: Readonly<Record<AlertTone, string>> = {
  critical: 'var(--bad)',
  warning: 'var(--warn)',
  info: 'var(--hue-cpu)',
  pending: 'var(--soft)',
  resolved: 'var(--good)',
};

/** Each has a shape of its own, so that none is recognised by its colour alone. */
const shapes: Readonly<Record<AlertTone, string>> = {
  critical: 'M8 2h8l6 6v8l-6 6H8l-6-6V8zM12 7v6M12 16.5v.5',
  warning: 'M12 3 22 21H2zM12 10v5M12 17.8v.2',
  info: 'M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19M12 11v6M12 7.2v.3',
  pending: 'M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19M12 7v5.5l3.5 2',
  resolved: 'M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19M7.5 12.5l3 3 6-6.5',
};

export function SeverityIcon({
  tone,
  className = 'size-4',
}: {
  readonly tone: AlertTone;
  readonly className?: string;
}) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      className={`shrink-0 ${toneText[tone]} ${className}`}
      fill={tone === 'resolved' || tone === 'pending' ? 'none' : 'currentColor'}
      fillOpacity={0.16}
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={shapes[tone]} />
    </svg>
  );
}

export const toneOf = ({
  state,
  severity,
}: {
  readonly state: string;
  readonly severity: Severity;
}): AlertTone => (state === 'firing' ? severity : state === 'pending' ? 'pending' : 'resolved');
