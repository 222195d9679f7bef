import { z } from 'zod';
import { channelKind, grouped, groupedAlertsMax, httpUrl } from '../channel-kind';
import { post } from '../http-post';
import { judgeAnswer, judgeError } from '../judge-answer';
import { textOf, titleOf } from '../words';

const schema = z.strictObject({ kind: z.literal('slack'), ...grouped, url: httpUrl });

const longest = 3_000;

/** Slack's markup begins with these three; nobody is called by `<!channel>` in a process's name. */
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** An incoming webhook of Slack, or of what speaks like it (Mattermost, Rocket.Chat). */
export const slack = channelKind({
  schema,
  secrets: { url: 'address' },
  destination: [],
  alertsMax: groupedAlertsMax,
  async send({ url }, { alerts }, network) {
    const text = `*${escaped(titleOf(alerts))}*\n${escaped(textOf(alerts, longest))}`;
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    try {
      const answer = await post({ url, headers, body: JSON.stringify({ text }) }, network);
      // Its reasons are single words, such as no_service.
      const reason = /^[a-z_]{2,40}$/.test(answer.body) ? answer.body : null;
      return judgeAnswer(answer, answer.status === 200 ? null : reason);
    } catch (error) {
      return judgeError(error);
    }
  },
});
