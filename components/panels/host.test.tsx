import { NextIntlClientProvider } from 'next-intl';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { LiveProvider } from '@/lib/client/react/hooks';
import { messages } from '@/lib/i18n/messages';
import type { HostFacts } from '@/lib/protocol/payloads';
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
  scope: 'host',
};

/** The end of the panel as text: from where the machine is seen, and whose figures that gives. */
function seenFrom(facts: HostFacts): string {
  const html = renderToStaticMarkup(
    <NextIntlClientProvider locale="en" messages={messages.en} timeZone="UTC">
      <LiveProvider initial={{ facts, intervalMs: 1000, serverTime: 0, latest: {} }} types={[]}>
        <HostPanel />
      </LiveProvider>
    </NextIntlClientProvider>,
  );
  const [, end = ''] = html.replaceAll(/<[^>]+>/g, ' ').split('Seen from');
  return end.trim().replaceAll(/\s+/g, ' ');
}

test('where the machine is seen from is shown only when it is known', () => {
  expect(seenFrom(nothing)).toBe('not known');
  expect(seenFrom({ ...nothing, kernel: '6.1' })).toBe('the host itself');
  expect(seenFrom({ ...nothing, container: 'podman' })).toContain('inside a podman container');
});

test('inside a container, the panel shows whose figures these are', () => {
  expect(seenFrom({ ...nothing, kernel: '6.1' })).not.toContain('CPU, memory');
  expect(seenFrom({ ...nothing, container: 'podman' })).toMatch(
    /CPU, memory and pressure of the whole host$/,
  );
  expect(seenFrom({ ...nothing, container: 'podman', scope: 'container' })).toMatch(
    /CPU, memory and pressure of this container, by its limits$/,
  );
});
