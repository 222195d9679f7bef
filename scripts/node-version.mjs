import { manifest, Stop } from './project.mjs';

/** Whether `version` (`v20.19.0`) is below what `engines.node` (`>=20.19`) asks for. */
export function isTooOld(version, engine) {
  const [have, want] = [version, engine].map((text) => (text.match(/\d+/g) || []).map(Number));
  for (let part = 0; part < want.length; part++) {
    const difference = (have[part] || 0) - want[part];
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Throws a one-line `Stop` when this Node.js cannot run Hostbeat. */
export function requireNode(version = process.version) {
  const engine = manifest().engines.node;
  if (!isTooOld(version, engine)) return;
  throw new Stop(
    `Hostbeat needs Node.js ${engine.replace('>=', '')} or newer; this is ${version}. See https://nodejs.org`,
  );
}
