const width = 78;
const indent = '      ';

/** What `npm start -- --help` prints. `variables` is what `describeConfig()` gives. */
export function helpText(variables) {
  return [
    'Hostbeat shows how this machine is, live in the browser.',
    '',
    'Usage: npm start [-- options]',
    '',
    '  --port N     listen on this port (as PORT does)',
    '  --host H     listen on this address (as HOST does)',
    '  --dev        serve from the sources and follow their changes',
    '  --help       print this',
    '  --version    print the version',
    '',
    'Environment variables:',
    ...variables.flatMap(({ name, takes, default: fallback, meaning }) => [
      '',
      `  ${name}`,
      ...wrapped(`${meaning}. Takes ${takes}. Default: ${fallback}.`),
    ]),
  ].join('\n');
}

function wrapped(text) {
  const lines = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line !== indent && line.length + word.length > width) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
