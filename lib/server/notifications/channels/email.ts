import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import { channelSettings } from '@/lib/protocol/channel-settings';
import { deadlineAfter } from '@/lib/protocol/deadline';
import { textOf, titleOf } from '../alert-text';
import { channelKind, groupedAlertsMax } from '../channel-kind';
import { checkedLookup } from '../checked-lookup';
import type { Network } from '../http-post';
import { asciiHost, readMailAddress, sendableMailAddress } from '../mail-address';
import { type Outcome, outcomeOfError } from '../outcome';
import { isRefusedAddress, RefusedAddressError } from '../refused-address';

const schema = z
  .strictObject({
    kind: z.literal('email'),
    ...channelSettings.email,
    host: channelSettings.email.host
      .refine((text) => /^[A-Za-z0-9.:_-]{1,253}$/.test(asciiHost(text)), {
        error: 'takes the name or the address of a mail server',
      })
      .refine((text) => !isRefusedAddress(text), {
        error: 'is an address to which nothing is sent (link-local, metadata or unspecified)',
      }),
    from: sendableMailAddress,
    to: z.array(sendableMailAddress).min(1).max(20),
  })
  .refine(({ user, password }) => (user === null) === (password === null), {
    path: ['user'],
    error: 'and password go together',
  });

const textLengthMax = 50_000;
const asSent = (address: string) => readMailAddress(address) ?? address;

interface SmtpError extends Error {
  readonly responseCode?: number;
  readonly code?: string;
}

/** Mail over SMTP (RFC 5321). A repeat has the same Message-ID, so that a mail store can recognise it. */
export const email = channelKind({
  schema,
  secrets: { password: 'carried' },
  destination: ['host', 'port', 'security'],
  alertsMax: groupedAlertsMax,
  async send({ host: name, port, security, user, password, from, to }, { id, alerts }, network) {
    const host = asciiHost(name);
    const deadline = deadlineAfter(network.timeoutMs, network.signal);
    const ending = deadline.signal;
    let socket: Socket | null = null;
    const cut = () => socket?.destroy();
    ending.addEventListener('abort', cut);
    try {
      // Loaded on demand: most installations send no mail.
      const { createTransport } = await import('nodemailer');
      const connection = await connected(host, port, network, ending);
      socket = connection;
      const transport = createTransport({
        host,
        port,
        secure: security === 'tls',
        requireTLS: security === 'starttls',
        ignoreTLS: security === 'none',
        ...(user !== null && password !== null ? { auth: { user, pass: password } } : {}),
        getSocket: (_options: unknown, callBack: (error: Error | null, found: object) => void) =>
          callBack(null, { connection }),
        greetingTimeout: network.timeoutMs,
        socketTimeout: network.timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const sending = transport.sendMail({
        from: { name: 'Hostbeat', address: asSent(from) },
        to: to.map((one) => ({ name: '', address: asSent(one) })),
        subject: titleOf(alerts),
        text: textOf(alerts, textLengthMax),
        messageId: `<${id}@hostbeat>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Hostbeat-Delivery': id },
      });
      const aborted = new Promise<never>((_resolve, reject) => {
        if (ending.aborted) reject(ending.reason);
        ending.addEventListener('abort', () => reject(ending.reason));
      });
      aborted.catch(() => {});
      const sent = await Promise.race([sending, aborted]);
      const refused = sent.rejected?.length ?? 0;
      const detail =
        refused > 0
          ? `the mail server took it for ${to.length - refused} of ${to.length}`
          : 'the mail server took it';
      return { kind: 'delivered', detail };
    } catch (error) {
      return ending.aborted ? { kind: 'retry', detail: 'no answer in time' } : outcomeOfSmtpError(error);
    } finally {
      deadline.clear();
      ending.removeEventListener('abort', cut);
      cut();
    }
  },
});

/** A connection whose address was checked. */
function connected(host: string, port: number, { resolve }: Network, signal: AbortSignal): Promise<Socket> {
  if (isRefusedAddress(host)) throw new RefusedAddressError(host, host);
  return new Promise((settle, reject) => {
    const socket = connect({ host, port, lookup: checkedLookup(resolve) });
    const cut = () => socket.destroy(signal.reason);
    signal.addEventListener('abort', cut);
    socket.once('error', reject);
    socket.once('connect', () => {
      signal.removeEventListener('abort', cut);
      socket.off('error', reject);
      settle(socket);
    });
  });
}

/** RFC 5321, 4.2.1: 4yz may work later, 5yz will not. The server's own text may repeat what it was sent, so it is not shown. */
function outcomeOfSmtpError(error: unknown): Outcome {
  const { responseCode, code, message } = error as SmtpError;
  if (code === 'ETLS') return { kind: 'retry', detail: 'the mail server does not do TLS as asked' };
  if (code === 'ESOCKET') return { kind: 'retry', detail: socketErrorText(message) };
  if (responseCode !== undefined) {
    const what =
      code === 'EAUTH' ? 'the mail server refused the user or the password' : 'the mail server refused it';
    return { kind: responseCode >= 500 ? 'final' : 'retry', detail: `${what} (${responseCode})` };
  }
  return outcomeOfError(error);
}

/** nodemailer keeps only the message of a TLS error. */
function socketErrorText(message: string): string {
  if (/certificate|altname/i.test(message)) return 'its certificate cannot be verified';
  return /ssl|tls/i.test(message) ? 'it does not speak TLS there' : 'the connection was cut';
}
