import { problemResponse } from '@/lib/protocol/problem';

/** An API answers in its own words, even where it has nothing. */
function notFound(request: Request): Response {
  const { pathname } = new URL(request.url);
  return problemResponse({ code: 'not-found', detail: `There is no ${pathname.slice(0, 200)}` });
}

export { notFound as DELETE, notFound as GET, notFound as PATCH, notFound as POST, notFound as PUT };
