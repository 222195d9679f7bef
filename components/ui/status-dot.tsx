const tones = { quiet: 'bg-faint', good: 'bg-good pulse', warn: 'bg-warn', bad: 'bg-bad' } as const;
const texts = { quiet: 'text-soft', good: 'text-ink', warn: 'text-warn', bad: 'text-bad' } as const;

export type StatusTone = keyof typeof tones;

/** The colour of the text beside a dot. */
export const statusText = (tone: StatusTone) => texts[tone];

/** How a connection is, at a glance; the text beside it says it in words. */
export function StatusDot({ tone }: { readonly tone: StatusTone }) {
  return <span aria-hidden="true" className={`size-2 shrink-0 rounded-full ${tones[tone]}`} />;
}
