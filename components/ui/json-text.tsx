import type { ReactNode } from 'react';

const token = /("(?:[^"\\]|\\[\s\S])*(?:"|\\?$))(\s*:)?|(-?\d[\d.eE+-]*)|(true|false|null)/g;

/** JSON with its keys, texts and numbers told apart by colour. */
export function JsonText({ text }: { readonly text: string }) {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [whole, quoted, colon, number] = match;
    parts.push(text.slice(end, match.index));
    end = match.index + whole.length;
    const classes = colon ? 'text-cpu' : quoted ? 'text-good' : number ? 'text-memory' : 'text-warn';
    parts.push(
      <span key={match.index} className={classes}>
        {quoted ?? whole}
      </span>,
      colon ?? '',
    );
  }
  parts.push(text.slice(end));
  return <>{parts}</>;
}
