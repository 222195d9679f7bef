import { z } from 'zod';
import { channelSettings } from '@/lib/protocol/channel-settings';
import { textOf, titleOf } from '../alert-text';
import { channelKind, groupedAlertsMax, sendable } from '../channel-kind';
import { post } from '../http-post';
import { cutEscaped, escapedMarkdown, escapedSlack } from '../markup';
import { outcomeOfError, outcomeOfResponse } from '../outcome';

const schema = z.strictObject({
  kind: z.literal('slack'),
  ...channelSettings.slack,
  url: sendable(channelSettings.slack.url),
});

/** Slack's limits for the text of a section and of a header, in characters. */
const textLengthMax = 3_000;
const headerMax = 150;
/** Mattermost cuts at 4000 runes in its oldest versions, and Rocket.Chat at 5000 characters. */
const markdownMax = 4_000;

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });

/**
 * For Slack: blocks of plain text, in which nothing is markup, and the same as `text` for the notification, with markup
 * off. https://docs.slack.dev/reference/block-kit/composition-objects/text-object
 */
function slackMessage(title: string, text: string): object {
  return {
    text: `${escapedSlack(title)}\n${cutEscaped(escapedSlack(text), textLengthMax)}`,
    mrkdwn: false,
    blocks: [
      { type: 'header', text: plain(cutEscaped(title, headerMax)) },
      { type: 'section', text: plain(text) },
    ],
  };
}

/** For Mattermost and Rocket.Chat, which know no blocks and read `text` as Markdown. `@channel` mentions nobody. */
function markdownMessage(title: string, text: string): object {
  const withoutMentions = (part: string) => escapedMarkdown(part).replace(/(?<!\w)@(?=\w)/g, '@\u200b');
  const head = `**${withoutMentions(title)}**\n`;
  return { text: `${head}${cutEscaped(withoutMentions(text), markdownMax - head.length)}` };
}

/** Both have their incoming webhooks below `/hooks/`; Slack's are below `/services/`. */
const readsMarkdown = (url: string) => /\/hooks\/./.test(new URL(url).pathname);

/** An incoming webhook of Slack, or of what speaks like it (Mattermost, Rocket.Chat). */
export const slack = channelKind({
  schema,
  secrets: { url: 'address' },
  destination: [],
  alertsMax: groupedAlertsMax,
  async send({ url }, { alerts }, network) {
    const [title, text] = [titleOf(alerts), textOf(alerts, textLengthMax)];
    const message = readsMarkdown(url) ? markdownMessage(title, text) : slackMessage(title, text);
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    try {
      const answer = await post({ url, headers, body: JSON.stringify(message) }, network);
      // Its reasons are single words, such as no_service.
      const reason = /^[a-z_]{2,40}$/.test(answer.body) ? answer.body : null;
      return outcomeOfResponse(answer, answer.status === 200 ? null : reason);
    } catch (error) {
      return outcomeOfError(error);
    }
  },
});
