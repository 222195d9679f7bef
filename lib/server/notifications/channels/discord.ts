import { z } from 'zod';
import { channelSettings } from '@/lib/protocol/channel-settings';
import { textOf, titleOf } from '../alert-text';
import { channelKind, groupedAlertsMax, sendable } from '../channel-kind';
import { cutEscaped, escapedMarkdown } from '../markup';
import { postJson } from '../post-json';

const schema = z.strictObject({
  kind: z.literal('discord'),
  ...channelSettings.discord,
  url: sendable(channelSettings.discord.url),
});

/** The service's limit for the whole, in characters; a UTF-16 unit is one at most. */
const contentMax = 2_000;

/** https://discord.com/developers/docs/resources/webhook#execute-webhook */
export const discord = channelKind({
  schema,
  secrets: { url: 'address' },
  destination: [],
  alertsMax: groupedAlertsMax,
  send({ url }, { alerts }, network) {
    const title = `**${escapedMarkdown(titleOf(alerts))}**\n`;
    const text = escapedMarkdown(textOf(alerts, contentMax));
    const json = {
      content: `${title}${cutEscaped(text, contentMax - title.length)}`,
      // `@everyone` in a process's name mentions nobody.
      allowed_mentions: { parse: [] },
    };
    return postJson({ url, json, reasonField: 'message' }, network);
  },
});
