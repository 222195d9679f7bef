/** Longest name shown, in characters; paths may be far longer, and the page has to lay them out. */
const charactersMax = 255;

/** Controls, line breaks, and the marks that turn text around: none belongs in a name on a page or in a log. */
const unprintable = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name of the kernel's, read as Latin-1 and most likely UTF-8, in a form that can be shown. */
export function shownName(latin1: string, lengthMax = charactersMax): string {
  const text = decoded(latin1);
  return (text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text)
    .replace(unprintable, '\ufffd')
    .toWellFormed();
}

/** The name as a string that leads back to the same bytes, for use in a path; `null` when it is not UTF-8. */
export function pathName(latin1: string): string | null {
  const text = decoded(latin1);
  return text.includes('\ufffd') || text.includes('\0') ? null : text;
}

// Names are ASCII nearly always, and then the bytes are the text.
const decoded = (latin1: string) =>
  /^[\x20-\x7e]*$/.test(latin1) ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8');
