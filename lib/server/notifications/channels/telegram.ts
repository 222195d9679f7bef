import { z } from 'zod';
import { textOf, titleOf } from '../alert-text';
import { channelKind, grouped, groupedAlertsMax, httpUrl } from '../channel-kind';
import { postJson } from '../post-json';

const schema = z.strictObject({
  kind: z.literal('telegram'),
  ...grouped,
  /** Where a bot API server of one's own is. */
  apiUrl: httpUrl.default('https://api.telegram.org'),
  token: z
    .string()
    .regex(/^\d{1,20}:[-_A-Za-z0-9]{10,128}$/, { error: 'takes a bot token: digits, a colon, letters' }),
  /** A chat's number, or a channel's @name. */
  chatId: z.string().regex(/^(-?\d{1,20}|@[A-Za-z0-9_]{1,64})$/, { error: "takes a chat's number or @name" }),
});

/** The service's limit is 4096 characters with the title. */
const longest = 3_800;

/** https://core.telegram.org/bots/api#sendmessage; plain text, so nothing in it is markup. */
export const telegram = channelKind({
  schema,
  secrets: { token: 'carried' },
  destination: ['apiUrl'],
  alertsMax: groupedAlertsMax,
  send({ apiUrl, token, chatId }, { alerts }, network) {
    return postJson(
      {
        url: `${apiUrl.replace(/(?<!\/)\/+$/, '')}/bot${token}/sendMessage`,
        json: {
          chat_id: chatId,
          text: `${titleOf(alerts)}\n${textOf(alerts, longest)}`,
          link_preview_options: { is_disabled: true },
        },
        reasonField: 'description',
      },
      network,
    );
  },
});
