import { NextIntlClientProvider } from 'next-intl';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { HostFacts } from '@/lib/events/payloads';
import { messages } from '@/lib/i18n/messages';
import { LiveProvider } from '@/lib/live/hooks';
import { HostPanel } from './host';

const nothing: HostFacts = {
  host: 'atlas',
  os: null,
  kernel: null,
  cpuModel: null,
  cores: null,
  memoryBytes: null,
  bootTime: null,
  container: null,
};

/** The last row of the panel as text: from where the machine is seen. */
function seenFrom(facts: HostFacts): string {
  const html = renderToStaticMarkup(
    <NextIntlClientProvider locale="en" messages={messages.en} timeZone="UTC">
      <LiveProvider initial={{ facts, intervalMs: 1000, serverTime: 0, latest: {} }} types={[]}>
        <HostPanel />
      </LiveProvider>
    </NextIntlClientProvider>,
  );
  return (
    html
      .replaceAll(/<[^>]+>/g, ' ')
      .split('Seen from')[1]
      ?.trim() ?? ''
  );
}

test('where the machine is seen from is said only when it is known', () => {
  expect(seenFrom(nothing)).toBe('not known');
  expect(seenFrom({ ...nothing, kernel: '6.1' })).toBe('the host itself');
  expect(seenFrom({ ...nothing, container: 'podman' })).toBe('inside a podman container');
});
