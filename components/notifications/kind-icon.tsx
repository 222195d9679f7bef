import type { ChannelKindName } from '@/lib/protocol/notifications';

const paths: Readonly<Record<ChannelKindName, string>> = {
  webhook: 'M9 7 4 12l5 5M15 7l5 5-5 5',
  ntfy: 'M4 10v4h3l6 4V6L7 10H4Zm13-2a5 5 0 0 1 0 8',
  slack: 'M9 4v16M15 4v16M4 9h16M4 15h16',
  discord: 'M5 5h14v11H9l-4 4V5Zm4 5.5h.01M15 10.5h.01',
  telegram: 'm3 11 18-7-4 16-6-5-3 4-1-6 10-7',
  email: 'M4 6h16v12H4V6Zm0 1 8 6 8-6',
  webpush: 'M6 16V11a6 6 0 1 1 12 0v5l2 2H4l2-2Zm4 4h4',
};

/** Beside its name, so it says nothing to a screen reader. */
export function KindIcon({ kind }: { readonly kind: string }) {
  const path = paths[kind as ChannelKindName] ?? paths.webhook;
  return (
    <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-raised text-soft">
      <svg
        aria-hidden="true"
        viewBox="0 0 24 24"
        className="size-5"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d={path} />
      </svg>
    </span>
  );
}
