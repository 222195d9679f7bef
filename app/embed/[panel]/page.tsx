import { notFound } from 'next/navigation';
import { EmbeddedPanel } from '@/components/dashboard/embedded-panel';
import { isEmbeddable, typesOf } from '@/components/panels/embeddable';
import { LiveProvider } from '@/lib/live/hooks';
import { running } from '@/lib/running';

interface EmbedProps {
  readonly params: Promise<{ panel: string }>;
  readonly searchParams: Promise<{ background?: string | string[] }>;
}

export default async function EmbedPage({ params, searchParams }: EmbedProps) {
  const { panel } = await params;
  if (!isEmbeddable(panel)) notFound();
  const { background } = await searchParams;
  return (
    <LiveProvider initial={running().initialState()} types={typesOf[panel]}>
      <EmbeddedPanel panel={panel} transparent={background === 'transparent'} />
    </LiveProvider>
  );
}
