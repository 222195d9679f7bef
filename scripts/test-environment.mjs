/**
 * The environment without what would change the tests' outcome: this user's own settings of Hostbeat.
 * @param {Record<string, string>} [more]
 * @param {Record<string, string | undefined>} [env]
 */
export function testEnvironment(more = {}, env = process.env) {
  const own = (name) =>
    (name.startsWith('HOSTBEAT_') && !name.startsWith('HOSTBEAT_TEST_')) || foreign.has(name);
  return { ...Object.fromEntries(Object.entries(env).filter(([name]) => !own(name))), ...more };
}

const foreign = new Set(['NODE_ENV', 'PORT', 'HOST']);
