import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { inProject, root } from './project.mjs';

const made = inProject('.hostbeat', 'export-page.json');

export function isExportPageMade() {
  return existsSync(made);
}

/** The custom properties of the dashboard: each colour is said once. */
function colours() {
  const css = readFileSync(inProject('app', 'globals.css'), 'utf8');
  return /^:root \{.*?^\}/ms.exec(css)?.[0] ?? '';
}

/** Without comments and indentation. */
const compact = (css) => css.replace(/\/\*.*?\*\//gs, '').replace(/\s*\n\s*/g, '');

/** Makes the script and style that every exported file carries, of lib/export-player/, as lib/server/http/handlers/export.ts reads them. */
export async function makeExportPage() {
  const { build } = await import('vite');
  const outputs = await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    resolve: { alias: { '@': root } },
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: inProject('lib', 'export-player', 'page.ts'), formats: ['iife'], name: 'hostbeat' },
    },
  });
  const [{ output }] = [outputs].flat();
  const script = output[0].code.trim();
  // In a script element only these would not be the script's own any more.
  if (/<\/script|<!--/i.test(script)) throw new Error('The script of an exported file would end itself');
  const style = compact(colours() + readFileSync(inProject('lib', 'export-player', 'style.css'), 'utf8'));
  mkdirSync(inProject('.hostbeat'), { recursive: true });
  writeFileSync(`${made}.new`, JSON.stringify({ script, style }));
  renameSync(`${made}.new`, made);
}
