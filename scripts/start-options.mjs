import util from 'node:util';
import { Stop } from './project.mjs';

/** Reads the options of `npm start`. Throws a one-line `Stop` on one that there is not. */
export function parseStartOptions(args) {
  try {
    const { values } = util.parseArgs({
      args,
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        dev: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', short: 'v', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new Stop(`${error.message.split('. ')[0]}; npm start -- --help lists the options`);
  }
}
