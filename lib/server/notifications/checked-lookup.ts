import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isRefusedAddress, RefusedAddressError } from './refused-address';

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

export const resolveBySystem: Resolve = (name) =>
  new Promise((resolve, reject) => {
    systemLookup(name, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

/**
 * For a socket's `lookup`: the addresses that are checked are those connected to, so a name cannot resolve to another one
 * in between. One refused address is enough to refuse the name.
 */
export function checkedLookup(resolve: Resolve): LookupFunction {
  return (name, options, callBack) => {
    resolve(name).then(
      (found) => {
        const bad = found.find(({ address }) => isRefusedAddress(address));
        if (bad) return callBack(new RefusedAddressError(name, bad.address), []);
        const family = options.family === 4 || options.family === 6 ? options.family : null;
        const fitting = found.filter((one) => family === null || one.family === family);
        const [first] = fitting;
        if (!first) return callBack(new Error(`${name} has no address`), []);
        return options.all ? callBack(null, [...fitting]) : callBack(null, first.address, first.family);
      },
      (error) => callBack(error, []),
    );
  };
}
