import { momentsOf, type Search, spanOf } from './time-choice';

/** What an address asks for and does not get; `null` when it gets all. */
export function badTimeOf(search: Search, now: number): 'range' | 'moments' | null {
  const asksMoments = search.get('from') !== null || search.get('to') !== null;
  if (asksMoments && !momentsOf(search, now)) return 'moments';
  const range = search.get('range');
  return range !== null && spanOf(range) === null ? 'range' : null;
}
