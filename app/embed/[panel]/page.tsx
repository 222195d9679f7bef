import { notFound } from 'next/navigation';
import { EmbeddedPanel } from '@/components/dashboard/embedded-panel';
import { embeddedPanel } from '@/components/panels/embeddable';
import { LiveProvider } from '@/lib/live/hooks';
import { running } from '@/lib/running';

interface EmbedProps {
  readonly params: Promise<{ panel: string }>;
  readonly searchParams: Promise<{ background?: string | string[] }>;
}

export default async function EmbedPage({ params, searchParams }: EmbedProps) {
  const embedded = embeddedPanel((await params).panel);
  if (!embedded) notFound();
  const { background } = await searchParams;
  return (
    <LiveProvider initial={running().initialState()} types={embedded.types}>
      <EmbeddedPanel
        name={embedded.name}
        sensorId={embedded.sensorId}
        transparent={background === 'transparent'}
      />
    </LiveProvider>
  );
}
