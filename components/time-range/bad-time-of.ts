import { type Search, spanOf, timesOf } from './time-choice';

/** What an address asks for and does not get; `null` when it gets all. */
export function badTimeOf(search: Search, now: number): 'range' | 'moments' | null {
  const hasTimes = search.get('from') !== null || search.get('to') !== null;
  if (hasTimes && !timesOf(search, now)) return 'moments';
  const range = search.get('range');
  return range !== null && spanOf(range) === null ? 'range' : null;
}
