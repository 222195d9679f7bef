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
