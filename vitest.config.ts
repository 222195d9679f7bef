import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)) } },
  test: {
    include: ['{app,bench,components,lib,scripts,docs}/**/*.test.{ts,tsx,mts}', '*.test.ts'],
    setupFiles: ['vitest.setup.ts'],
    // Limits for hanging, and never for how fast a machine is: one core, shared with others, must pass.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    // One less than there are cores is the default: on two cores, half of the machine.
    maxWorkers: '100%',
    unstubEnvs: true,
    restoreMocks: true,
  },
});
