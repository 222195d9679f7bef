'use client';

import dynamic from 'next/dynamic';

/** In a chunk of its own: no page needs it to be drawn. */
export const LateToaster = dynamic(() => import('./toaster').then((module) => module.Toaster), {
  ssr: false,
});
