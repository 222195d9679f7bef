import { z } from 'zod';
import type { ChannelKindName } from './notifications';
import { severities } from './payloads';

/** An address to post to. What its name leads to is checked by the server, when it connects. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'takes an address that begins with http:// or https://' })
  .max(2048)
  .refine((text) => !URL.canParse(text) || new URL(text).username + new URL(text).password === '', {
    error: 'takes no user name or password',
  });

/** A secret as it can be sent in a header or a path. */
const optionalSecret = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[\x20-\x7e]+$/, { error: 'takes printable ASCII characters' })
  .nullable()
  .default(null);

/** The form of a mail address; the server also checks its parts (RFC 5321). */
export const mailAddress = z
  .string()
  .max(254)
  .regex(/^[^\s@,]+@[^\s@,]+$/, { error: 'takes a mail address, such as root@localhost', abort: true });

const commonSettings = {
  name: z.string().trim().min(1).max(128),
  /** Alerts below it are not delivered. */
  minSeverity: z.enum(severities).default('warning'),
};

/** Of channels that people read: alerts that follow the first one within this time go into the same message. */
const groupedSettings = { ...commonSettings, groupSeconds: z.number().int().min(0).max(3600).default(5) };

/** The settings of each kind of channel, beside its `kind`. */
export const channelSettings = {
  webhook: {
    ...commonSettings,
    url: httpUrl,
    /** The key of the signature. */
    secret: optionalSecret,
    /** Sent as it is, in the header of that name. */
    authorization: optionalSecret,
  },
  ntfy: {
    ...groupedSettings,
    server: httpUrl.default('https://ntfy.sh'),
    /** On a server without accounts, everybody who knows it can read the messages. */
    topic: z
      .string()
      .regex(/^[-_A-Za-z0-9]{1,64}$/, { error: 'takes letters, digits, dashes and underscores' }),
    token: optionalSecret,
  },
  slack: { ...groupedSettings, url: httpUrl },
  discord: { ...groupedSettings, url: httpUrl },
  telegram: {
    ...groupedSettings,
    /** Of another bot API server than Telegram's. */
    apiUrl: httpUrl.default('https://api.telegram.org'),
    token: z
      .string()
      .regex(/^\d{1,20}:[-_A-Za-z0-9]{10,128}$/, { error: 'takes a bot token: digits, a colon, letters' }),
    /** A chat's number, or a channel's @name. */
    chatId: z
      .string()
      .regex(/^(-?\d{1,20}|@[A-Za-z0-9_]{1,64})$/, { error: "takes a chat's number or @name" }),
  },
  email: {
    ...groupedSettings,
    host: z
      .string()
      .max(253)
      .regex(/^[^\s/@]+$/, { error: 'takes the name or the address of a mail server', abort: true }),
    port: z.number().int().min(1).max(65_535).default(587),
    /** `tls` from the first byte, `starttls` before anything is sent, or `none`. */
    security: z.enum(['tls', 'starttls', 'none']).default('starttls'),
    user: z.string().min(1).max(256).nullable().default(null),
    password: z.string().min(1).max(512).nullable().default(null),
    from: mailAddress,
    to: z.array(mailAddress).min(1).max(20),
  },
  /** Beside these, what the browser's push service gave for it; see the channel. */
  webpush: groupedSettings,
} as const satisfies Readonly<Record<ChannelKindName, z.ZodRawShape>>;
