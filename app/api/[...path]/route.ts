import { problemResponse } from '@/lib/server/http/respond';

/** Any other address of the API: a problem, as every error here, instead of the product's page. */
function notFound(request: Request): Response {
  const { pathname } = new URL(request.url);
  return problemResponse({ code: 'not-found', detail: `There is no ${pathname.slice(0, 200)}` });
}

export { notFound as DELETE, notFound as GET, notFound as PATCH, notFound as POST, notFound as PUT };
