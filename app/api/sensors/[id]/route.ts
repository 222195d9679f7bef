import { publishedResponse, publishSensor } from '@/lib/server/http/handlers/publish';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

/** Publishes the values of a sensor as one `sensor-data` event; answers once it is on disk. */
export const { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } = route({
  POST: async ({ context, id, request }) =>
    publishedResponse(context, request, await publishSensor(context, request, id)),
});
