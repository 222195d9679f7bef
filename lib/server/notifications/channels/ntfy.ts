import { z } from 'zod';
import { channelSettings } from '@/lib/protocol/channel-settings';
import { textOf, titleOf, worstFiring } from '../alert-text';
import { channelKind, groupedAlertsMax, sendable } from '../channel-kind';
import { cutEscaped, utf8Bytes } from '../markup';
import { postJson } from '../post-json';

const schema = z.strictObject({
  kind: z.literal('ntfy'),
  ...channelSettings.ntfy,
  server: sendable(channelSettings.ntfy.server),
});

const priorities = { info: 3, warning: 4, critical: 5 } as const;
/** The server's own limit is 4096 bytes; it makes an attachment of longer text. */
const textBytesMax = 3_900;

/** https://docs.ntfy.sh/publish/#publish-as-json */
export const ntfy = channelKind({
  schema,
  secrets: { topic: 'carried', token: 'carried' },
  destination: ['server'],
  alertsMax: groupedAlertsMax,
  send({ server, topic, token }, { id, alerts }, network) {
    const worst = worstFiring(alerts);
    // From version 2.16 on, a repeat takes the place of what came before it.
    const sequence = id.slice(0, 64);
    return postJson(
      {
        url: server,
        headers: {
          'X-Sequence-ID': sequence,
          ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        },
        json: {
          topic,
          title: titleOf(alerts),
          message: cutEscaped(textOf(alerts, textBytesMax), textBytesMax, utf8Bytes),
          priority: worst === null ? 2 : priorities[worst],
          tags: [worst === null ? 'white_check_mark' : worst === 'critical' ? 'rotating_light' : 'warning'],
          sequence_id: sequence,
        },
        reasonField: 'error',
      },
      network,
    );
  },
});
