import type { ChannelKindName } from '@/lib/protocol/notifications';

/** What can be wrong with what was typed; the texts are under `notifications.invalid`. */
export type Fault = 'required' | 'url' | 'email' | 'number' | 'host' | 'topic' | 'token' | 'chat' | 'ascii';

export interface Field {
  readonly name: string;
  readonly input: 'text' | 'url' | 'password' | 'number' | 'select';
  readonly isOptional?: boolean;
  /** Never shown again once it was sent. */
  readonly isSecret?: boolean;
  /** Several, with commas between them. */
  readonly isList?: boolean;
  readonly initial?: string;
  readonly placeholder?: string;
  readonly options?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly check?: (text: string) => Fault | null;
}

const matching = (pattern: RegExp, fault: Fault) => (text: string) => (pattern.test(text) ? null : fault);

const address = (text: string): Fault | null =>
  /^https?:\/\//i.test(text) && URL.canParse(text) ? null : 'url';
/** The server looks closer; one label is enough for a mail server of one's own. */
const mail = matching(/^[^\s@,]+@[^\s@,]+$/, 'email');
const mails = (text: string): Fault | null =>
  listOf(text).length > 0 && listOf(text).every((one) => mail(one) === null) ? null : 'email';
const ascii = matching(/^[\x20-\x7e]+$/, 'ascii');

export const listOf = (text: string) =>
  text
    .split(/[,;，；\s]+/)
    .map((one) => one.trim())
    .filter(Boolean);

const url: Field = { name: 'url', input: 'url', isSecret: true, check: address };

export const nameField: Field = { name: 'name', input: 'text' };
export const severityField: Field = {
  name: 'minSeverity',
  input: 'select',
  initial: 'warning',
  options: ['info', 'warning', 'critical'],
};
const groupField: Field = { name: 'groupSeconds', input: 'number', initial: '5', min: 0, max: 3600 };

/** What each kind asks for, beside its name and the severity. */
export const fieldsOf: Readonly<Record<ChannelKindName, readonly Field[]>> = {
  ntfy: [
    {
      name: 'topic',
      input: 'text',
      isSecret: true,
      placeholder: 'my-server-x7k2q9',
      check: matching(/^[-_A-Za-z0-9]{1,64}$/, 'topic'),
    },
    { name: 'server', input: 'url', initial: 'https://ntfy.sh', check: address },
    { name: 'token', input: 'password', isSecret: true, isOptional: true, check: ascii },
    groupField,
  ],
  telegram: [
    {
      name: 'token',
      input: 'password',
      isSecret: true,
      placeholder: '123456789:AAE…',
      check: matching(/^\d{1,20}:[-_A-Za-z0-9]{10,128}$/, 'token'),
    },
    {
      name: 'chatId',
      input: 'text',
      placeholder: '-1001234567890',
      check: matching(/^(-?\d{1,20}|@[A-Za-z0-9_]{1,64})$/, 'chat'),
    },
    { name: 'apiUrl', input: 'url', initial: 'https://api.telegram.org', check: address },
    groupField,
  ],
  slack: [{ ...url, placeholder: 'https://hooks.slack.com/services/…' }, groupField],
  discord: [{ ...url, placeholder: 'https://discord.com/api/webhooks/…' }, groupField],
  email: [
    {
      name: 'host',
      input: 'text',
      placeholder: 'smtp.example.org',
      check: matching(/^[\p{L}\p{N}.:_-]{1,253}$/u, 'host'),
    },
    { name: 'port', input: 'number', initial: '587', min: 1, max: 65_535 },
    { name: 'security', input: 'select', initial: 'starttls', options: ['starttls', 'tls', 'none'] },
    { name: 'user', input: 'text', isOptional: true },
    { name: 'password', input: 'password', isOptional: true, isSecret: true },
    { name: 'from', input: 'text', placeholder: 'hostbeat@example.org', check: mail },
    { name: 'to', input: 'text', isList: true, placeholder: 'me@example.org', check: mails },
    groupField,
  ],
  webhook: [
    { ...url, placeholder: 'https://example.org/hook' },
    { name: 'secret', input: 'password', isOptional: true, isSecret: true, check: ascii },
    { name: 'authorization', input: 'password', isOptional: true, isSecret: true, check: ascii },
  ],
  webpush: [groupField],
};

/** `null` when there is nothing to say against it. `isKept`: a secret that is left empty stays. */
export function faultOf(field: Field, text: string, isKept: boolean): Fault | null {
  if (text.trim() === '') return field.isOptional || isKept ? null : 'required';
  if (field.input === 'number') {
    const number = Number(text);
    const isWithin =
      Number.isInteger(number) && number >= (field.min ?? 0) && number <= (field.max ?? number);
    return isWithin ? null : 'number';
  }
  return field.check?.(text.trim()) ?? null;
}

/** What is sent for a field: `undefined` leaves a secret as it is. */
export function settingOf(field: Field, text: string, isKept: boolean): unknown {
  const trimmed = field.isSecret ? text : text.trim();
  if (trimmed === '') return isKept ? undefined : field.isOptional ? null : trimmed;
  if (field.input === 'number') return Number(trimmed);
  return field.isList ? listOf(trimmed) : trimmed;
}
