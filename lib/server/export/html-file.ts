import { createHash } from 'node:crypto';
import type { ExportedFile } from '@/lib/protocol/exported-file';
import type { Work } from '@/lib/server/concurrency/turns';

/** The parts that are the same in every file, as built. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
}

/** The largest file: most issue trackers accept it. */
export const fileBytesMax = 3_000_000;

const noScript = {
  en: 'This file draws its charts with a script of its own, which this viewer does not run. Open it in a browser; it asks the network for nothing.',
  zh: '此文件用自带的脚本绘制图表，当前的查看器没有运行它。请用浏览器打开；它不会访问网络。',
} as const;

const titles = { en: 'A recorded moment', zh: '时段记录' } as const;

/** Text for HTML: in elements and in quoted attributes. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** JSON that ends no script element and is valid in any script: what could do so is escaped. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The result of `jsonForScript`, in small pieces of work. */
function* fileJson({ charts, events, ...rest }: ExportedFile): Work<string> {
  const fields = [jsonForScript(rest).slice(1, -1)];
  for (const [name, items] of Object.entries({ charts, events })) {
    const parts: string[] = [];
    for (const item of items) {
      yield;
      parts.push(jsonForScript(item));
    }
    fields.push(`"${name}":[${parts.join(',')}]`);
  }
  return `{${fields.join(',')}}`;
}

/** One HTML document that plays without any request; its policy allows none. */
export function* htmlFile(file: ExportedFile, { script, style }: PageParts): Work<string> {
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; img-src data:`;
  const { lang, facts, from, to } = file;
  const json = yield* fileJson(file);
  const range = `${new Date(from).toISOString()} – ${new Date(to).toISOString()}`;
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Hostbeat ${escapeText(file.version)}">
<meta name="referrer" content="no-referrer">
<title>${escapeText(`${facts.host} · ${titles[lang]} · ${range}`)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main id="page"></main>
<noscript><p class="noscript"><b>${escapeText(facts.host)}</b>, ${range}</p><p class="noscript">${noScript[lang]}</p></noscript>
<script type="application/json" id="moment">${json}</script>
<script>${script}</script>
</body>
</html>
`;
}
