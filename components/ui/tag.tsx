const tones = {
  quiet: 'border-line text-soft',
  good: 'border-good/40 text-good',
  warn: 'border-warn/50 text-warn',
  bad: 'border-bad/50 text-bad',
} as const;

export type TagTone = keyof typeof tones;

/** A word about an item that is not as usual. */
export function Tag({ tone, children }: { readonly tone: TagTone; readonly children: string }) {
  return (
    <span
      className={`inline-block rounded border px-1 text-[0.6875rem] leading-4 font-normal whitespace-nowrap ${tones[tone]}`}
    >
      {children}
    </span>
  );
}
