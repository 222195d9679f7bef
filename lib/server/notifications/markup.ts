/** One visible character of an escaped text: a backslash with what it escapes, an entity, or a code point. */
const atoms =
  /\\[\ud800-\udbff][\udc00-\udfff]|\\[\s\S]|&(?:amp|lt|gt);|[\ud800-\udbff][\udc00-\udfff]|[\s\S]/g;

type Size = (text: string) => number;
const utf16Units: Size = (text) => text.length;
/** Bytes of UTF-8. */
export const utf8Bytes: Size = (text) => Buffer.byteLength(text);

/** Cuts an escaped text at `longest` of a receiver's units (UTF-16 unless given), never within a character or its escape, and marks the cut. */
export function cutEscaped(escaped: string, sizeMax: number, sizeOf: Size = utf16Units): string {
  if (sizeOf(escaped) <= sizeMax) return escaped;
  const room = sizeMax - sizeOf('…');
  let size = 0;
  let end = 0;
  for (const [atom] of escaped.matchAll(atoms)) {
    size += sizeOf(atom);
    if (size > room) break;
    end += atom.length;
  }
  return `${escaped.slice(0, end)}…`;
}

/**
 * Escapes all Markdown of Discord, Mattermost and Rocket.Chat by backslashes, also links, mentions, timestamps and emoji.
 * https://support.discord.com/hc/en-us/articles/210298617
 */
export function escapedMarkdown(text: string): string {
  return (
    text
      .replace(/[\\*_~`|[\]<!]/g, '\\$&')
      // Headings, quotes and lists begin only at the start of a line.
      .replace(/^([ \t]*)([#>+=-])/gm, '$1\\$2')
      .replace(/^([ \t]*\d+)([.)])/gm, '$1\\$2')
      // A bare address would become a link, and swallow the escapes after it.
      .replace(/:(?=\/\/)/g, '\\:')
      .replace(/:(?=[\w+\\-]+:)/g, '\\:')
  );
}

/** The same for Slack's `text`, where only these three characters can be escaped. */
export function escapedSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
