import { z } from 'zod';
import { channelSettings } from '@/lib/protocol/channel-settings';
import { textOf, titleOf } from '../alert-text';
import { channelKind, groupedAlertsMax, sendable } from '../channel-kind';
import { postJson } from '../post-json';

const schema = z.strictObject({
  kind: z.literal('telegram'),
  ...channelSettings.telegram,
  apiUrl: sendable(channelSettings.telegram.apiUrl),
});

/** The service's limit is 4096 characters with the title. */
const textLengthMax = 3_800;

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
          text: `${titleOf(alerts)}\n${textOf(alerts, textLengthMax)}`,
          link_preview_options: { is_disabled: true },
        },
        reasonField: 'description',
      },
      network,
    );
  },
});
