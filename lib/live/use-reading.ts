'use client';

import type { LoggedType, SampleType } from '@/lib/events/event-types';
import { useLive } from './hooks';
import type { LiveStore } from './store';

/** `absent`: this host has no such reading, as macOS has no pressure. */
export type ReadingState = 'waiting' | 'heard' | 'absent';

/** A host reads all that it has in its first round, so what has not come with the CPU's first sample does not come. */
export function readingState(store: LiveStore, type: LoggedType): ReadingState {
  if (store.last(type)) return 'heard';
  return store.last('cpu') ? 'absent' : 'waiting';
}

export function useReading(type: SampleType): ReadingState {
  return useLive((store) => readingState(store, type));
}
