const paths = {
  again: 'M5 12a7 7 0 1 0 2.5-5.4M5 4v4h4',
  bell: 'M6 9a6 6 0 0 1 12 0c0 6 2.5 7.5 2.5 7.5h-17S6 15 6 9M10 20.5a2.2 2.2 0 0 0 4 0',
  close: 'm6 6 12 12M18 6 6 18',
  open: 'm7 10 5 5 5-5',
  pause: 'M8 5v14M16 5v14',
  play: 'M8 5l11 7-11 7Z',
} as const;

export type IconName = keyof typeof paths;

/** What it means stands beside it, or is the label of its button. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      className="size-4 shrink-0"
      fill={name === 'play' ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth="2.2"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={paths[name]} />
    </svg>
  );
}
