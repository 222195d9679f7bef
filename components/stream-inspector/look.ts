import type { Entry } from '@/lib/client/inspector/entries';

const hues: Readonly<Record<string, string>> = {
  cpu: 'var(--hue-cpu)',
  memory: 'var(--hue-memory)',
  pressure: 'var(--hue-iowait)',
  network: 'var(--hue-load)',
  disk: 'var(--hue-cache)',
  'sensor-data': 'var(--hue-steal)',
  gap: 'var(--bad)',
  'system-alert': 'var(--warn)',
  message: 'var(--good)',
};

/** The colour by which a type of frame is known all over the inspector. */
export function hueOf(type: string): string {
  return hues[type] ?? 'var(--faint)';
}

export const buttonLook =
  'inline-flex h-9 shrink-0 cursor-pointer items-center justify-center gap-1.5 rounded-lg border border-line px-3 text-[0.8125rem] whitespace-nowrap text-soft hover:bg-raised hover:text-ink disabled:cursor-default disabled:opacity-50 disabled:hover:bg-transparent aria-pressed:border-cpu aria-pressed:text-ink aria-pressed:bg-[color-mix(in_srgb,var(--hue-cpu)_14%,transparent)]';

/** A frame as it was sent, with its closing blank line. */
export function rawText(entry: Entry): string {
  return entry.lines.map(({ text }) => `${text}\n`).join('');
}
