import { otherMethods } from '@/lib/protocol/problem';
import { publishSensor } from '@/lib/server/http/handlers/publish';
import { publishedResponse } from '@/lib/server/http/handlers/published-response';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

/** Publishes what a sensor says, as one `sensor-data` event; answers once it is on disk. */
export async function POST(
  request: Request,
  { params }: { readonly params: Promise<{ readonly id: string }> },
): Promise<Response> {
  const { id } = await params;
  return publishedResponse(running(), request, await publishSensor(running(), request, id));
}

const refused = otherMethods('OPTIONS, POST');

export {
  refused as DELETE,
  refused as GET,
  refused as HEAD,
  refused as OPTIONS,
  refused as PATCH,
  refused as PUT,
};
