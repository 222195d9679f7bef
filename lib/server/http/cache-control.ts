/**
 * For answers that are asked for anew each time. Not `no-store`: a browser does not keep a page with such an
 * answer for the way back to it.
 */
export const uncached = { 'Cache-Control': 'private, no-cache' };
