import { type AlertTone, SeverityIcon, toneText } from '../alerts/severity';
import type { Annotation } from './annotation';

/** Each has a shape of its own, so that colour is never the only difference. */
const shapes: Readonly<Record<Exclude<Annotation['kind'], 'alert'>, string>> = {
  login: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6',
  logout: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5c.8-4 3.8-6 6-6M14.5 17.5h7M18.5 14.5l3 3l-3 3',
  stop: 'M12 3v8M6.5 6.5a8 8 0 1 0 11 0',
  note: 'M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5',
  message: 'M4 4.5h16v11.5H11l-4.5 4v-4H4z',
  event: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8',
  gap: 'M4 4v16M20 4v16M9 12h1M14 12h1',
  unkept: 'M4 4v16M20 4v16M9 12h1M14 12h1',
};

const hues: Readonly<Partial<Record<Annotation['kind'], string>>> = {
  note: 'text-memory',
  message: 'text-cpu',
  stop: 'text-warn',
  gap: 'text-warn',
};

const ranks: readonly (AlertTone | null)[] = ['critical', 'warning', 'info', 'resolved', null];

/** The most important one of a group: the worst alert, else an event that is not a login. */
export function foremost(of: readonly Annotation[]): Annotation | undefined {
  const rank = ({ tone, kind }: Annotation) =>
    ranks.indexOf(tone) * 2 + (kind === 'login' || kind === 'logout' ? 1 : 0);
  return [...of].sort((one, other) => rank(one) - rank(other))[0];
}

export function MarkIcon({
  of: { kind, tone },
  className = 'size-4',
}: {
  readonly of: Pick<Annotation, 'kind' | 'tone'>;
  readonly className?: string;
}) {
  if (kind === 'alert') return <SeverityIcon tone={tone ?? 'info'} className={className} />;
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      className={`shrink-0 ${hues[kind] ?? toneText.pending} ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={shapes[kind]} />
    </svg>
  );
}
