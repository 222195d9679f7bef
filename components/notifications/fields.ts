import type { z } from 'zod';
import { channelSettings } from '@/lib/protocol/channel-settings';
import type { ChannelKindName } from '@/lib/protocol/notifications';

/** The errors of a field; their texts are under `notifications.invalid`. */
export type Fault = 'required' | 'url' | 'email' | 'number' | 'host' | 'topic' | 'token' | 'chat' | 'ascii';

export interface Field {
  readonly name: string;
  readonly input: 'text' | 'url' | 'password' | 'number' | 'select';
  /** The server's schema of the setting. */
  readonly schema: z.ZodType;
  /** What is wrong where the schema does not take it; without one, that is left to the server's answer. */
  readonly fault?: Fault;
  readonly isOptional: boolean;
  /** Never shown again once it was sent. */
  readonly isSecret?: boolean;
  /** Several, with commas between them. */
  readonly isList?: boolean;
  readonly initial: string;
  readonly placeholder?: string;
  readonly options?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

export const listOf = (text: string) =>
  text
    .split(/[,;，；\s]+/)
    .map((one) => one.trim())
    .filter(Boolean);

/** A field with the schema's default. */
function field(
  name: string,
  schema: z.ZodType,
  rest: Pick<Field, 'input'> & Partial<Omit<Field, 'name' | 'schema'>>,
): Field {
  const unset = schema.safeParse(undefined).data ?? '';
  return { name, schema, initial: String(unset), isOptional: schema.safeParse(null).success, ...rest };
}

function numberField(name: string, schema: z.ZodDefault<z.ZodNumber>): Field {
  const { minValue, maxValue } = schema.unwrap();
  return field(name, schema, { input: 'number', fault: 'number', min: minValue ?? 0, max: maxValue ?? 0 });
}

const urlField = (name: string, schema: z.ZodType, rest: Partial<Field> = {}) =>
  field(name, schema, { input: 'url', fault: 'url', ...rest });

const { webhook, ntfy, slack, discord, telegram, email } = channelSettings;

export const nameField = field('name', webhook.name, { input: 'text' });
export const severityField = field('minSeverity', webhook.minSeverity, {
  input: 'select',
  options: ['info', 'warning', 'critical'],
});
const groupField = numberField('groupSeconds', slack.groupSeconds);

/** What each kind asks for, beside its name and the severity. */
export const fieldsOf: Readonly<Record<ChannelKindName, readonly Field[]>> = {
  ntfy: [
    field('topic', ntfy.topic, {
      input: 'text',
      fault: 'topic',
      isSecret: true,
      placeholder: 'my-server-x7k2q9',
    }),
    urlField('server', ntfy.server),
    field('token', ntfy.token, { input: 'password', fault: 'ascii', isSecret: true }),
    groupField,
  ],
  telegram: [
    field('token', telegram.token, {
      input: 'password',
      fault: 'token',
      isSecret: true,
      placeholder: '123456789:AAE…',
    }),
    field('chatId', telegram.chatId, { input: 'text', fault: 'chat', placeholder: '-1001234567890' }),
    urlField('apiUrl', telegram.apiUrl),
    groupField,
  ],
  slack: [
    urlField('url', slack.url, { isSecret: true, placeholder: 'https://hooks.slack.com/services/…' }),
    groupField,
  ],
  discord: [
    urlField('url', discord.url, { isSecret: true, placeholder: 'https://discord.com/api/webhooks/…' }),
    groupField,
  ],
  email: [
    field('host', email.host, { input: 'text', fault: 'host', placeholder: 'smtp.example.org' }),
    numberField('port', email.port),
    field('security', email.security, { input: 'select', options: ['starttls', 'tls', 'none'] }),
    field('user', email.user, { input: 'text' }),
    field('password', email.password, { input: 'password', isSecret: true }),
    field('from', email.from, { input: 'text', fault: 'email', placeholder: 'hostbeat@example.org' }),
    field('to', email.to, { input: 'text', fault: 'email', isList: true, placeholder: 'me@example.org' }),
    groupField,
  ],
  webhook: [
    urlField('url', webhook.url, { isSecret: true, placeholder: 'https://example.org/hook' }),
    field('secret', webhook.secret, { input: 'password', fault: 'ascii', isSecret: true }),
    field('authorization', webhook.authorization, { input: 'password', fault: 'ascii', isSecret: true }),
  ],
  webpush: [groupField],
};

/** What is wrong with a field as far as a page can tell; `null` when nothing is. `isKept`: a secret that is left empty stays. */
export function faultOf(field: Field, text: string, isKept: boolean): Fault | null {
  if (text.trim() === '') return field.isOptional || isKept ? null : 'required';
  const [issue] = field.schema.safeParse(settingOf(field, text, isKept)).error?.issues ?? [];
  return issue && issue.code !== 'custom' ? (field.fault ?? null) : null;
}

/** What is sent for a field: `undefined` leaves a secret as it is. */
export function settingOf(field: Field, text: string, isKept: boolean): unknown {
  const trimmed = field.isSecret ? text : text.trim();
  if (trimmed === '') return isKept ? undefined : field.isOptional ? null : trimmed;
  if (field.input === 'number') return Number(trimmed);
  return field.isList ? listOf(trimmed) : trimmed;
}
