import { z } from 'zod';
import { channelKind, grouped, groupedAlertsMax, httpUrl } from '../channel-kind';
import { postJson } from '../post-json';
import { textOf, titleOf } from '../words';

const schema = z.strictObject({ kind: z.literal('discord'), ...grouped, url: httpUrl });

/** The service's limit is 2000 characters with the title. */
const longest = 1_750;

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
export const discord = channelKind({
  schema,
  secrets: { url: 'address' },
  destination: [],
  alertsMax: groupedAlertsMax,
  send({ url }, { alerts }, network) {
    const json = {
      content: `**${titleOf(alerts).replaceAll('*', '\\*')}**\n${textOf(alerts, longest)}`,
      // Nobody is called by @everyone in a process's name.
      allowed_mentions: { parse: [] },
    };
    return postJson({ url, json, reasonField: 'message' }, network);
  },
});
