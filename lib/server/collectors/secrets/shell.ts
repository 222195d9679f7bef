/** The words of a text as a shell has them: what is quoted is one, with its quotes. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (const character of text) {
    if (quote === '' && (character === ' ' || character === '\t' || character === '\n')) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    word += character;
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
  }
  if (word !== '') words.push(word);
  return words;
}

/** Programs and options that read a secret from their standard input. */
const readers =
  /^(-S|-kS|--password-stdin|--passwd-on-stdin|--passphrase-fd|--stdin|--with-token|chpasswd|passwd|smbpasswd|cryptsetup|vncpasswd)$/;
const writers = new Set(['echo', 'printf']);

/** Where a command line passes a secret to a program's standard input: `echo X | sudo -S`, `<<< X`. */
export function pipedSecrets(words: readonly string[]): ReadonlySet<number> {
  const piped = new Set<number>();
  let writer = -1;
  let pipe = -1;
  let here = -1;
  for (const [index, word] of words.entries()) {
    if (word === '|') {
      pipe = index;
    } else if (writers.has(word)) {
      [writer, pipe] = [index, -1];
    } else if (word === '<<<') {
      here = index + 1;
    } else if (/^(&&|\|\||.*;)$/.test(word)) {
      [writer, pipe] = [-1, -1];
    }
    if (!readers.test(word) || writer === -1 || pipe < writer) continue;
    for (let at = writer + 1; at < pipe; at++) piped.add(at);
    writer = -1;
  }
  if (here !== -1 && words.some((word) => readers.test(word))) piped.add(here);
  return piped;
}
