'use client';

import type { LoggedType, SampleType } from '@/lib/protocol/event-types';
import type { LiveStore } from '../store/store';
import { useLive } from './hooks';

/** `absent`: this host has no such collector, as macOS has none for pressure. */
export type SampleState = 'waiting' | 'present' | 'absent';

/** The CPU's first sample comes with the second collection cycle. */
const cyclesUntilAll = 3;

/**
 * All collectors of a host run in its first cycles, so what has not come with the CPU's first sample does not come; nor
 * does the CPU itself once memory has come a few times without it.
 */
export function sampleState(store: LiveStore, type: LoggedType): SampleState {
  if (store.last(type)) return 'present';
  const isThrough = store.last('cpu') !== null || store.table('memory').rows.length >= cyclesUntilAll;
  return isThrough ? 'absent' : 'waiting';
}

export function useSampleState(type: SampleType): SampleState {
  return useLive((store) => sampleState(store, type));
}
