import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { channelSettings } from '@/lib/protocol/channel-settings';
import { channelKind, sendable } from '../channel-kind';
import { post } from '../http-post';
import { outcomeOfError, outcomeOfResponse } from '../outcome';

const schema = z.strictObject({
  kind: z.literal('webhook'),
  ...channelSettings.webhook,
  url: sendable(channelSettings.webhook.url),
});

/** An alert as JSON, one by one: a program needs no grouping. */
export const webhook = channelKind({
  schema,
  secrets: { url: 'address', secret: 'local', authorization: 'carried' },
  destination: [],
  alertsMax: 1,
  async send({ url, secret, authorization }, { id, alerts }, network) {
    const body = JSON.stringify(alerts[0]);
    const headers: Record<string, string> = {
      'Content-Type': 'application/json; charset=utf-8',
      'X-Hostbeat-Delivery': id,
    };
    if (secret !== null)
      headers['X-Hostbeat-Signature'] = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    if (authorization !== null) headers.Authorization = authorization;
    try {
      return outcomeOfResponse(await post({ url, headers, body }, network));
    } catch (error) {
      return outcomeOfError(error);
    }
  },
});
