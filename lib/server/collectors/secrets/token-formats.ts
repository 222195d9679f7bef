/** In the place of a secret, however long that is. */
export const mask = '***';

/**
 * Secrets that are known by their form: keys of GitHub, GitLab, Slack, AWS, Google, Stripe, OpenAI and others, JWTs,
 * private keys, and addresses that are themselves a key. Each begins where a run of its characters does, so that no run
 * is tried twice.
 */
const tokenFormats: readonly (readonly [RegExp, string])[] = [
  [
    /(?<![A-Za-z0-9_-])(gh[pousr]_|github_pat_|gl(?:pat|dt|rt|ptt|oas|cbt|agent|soat|ft)-|gl(?:sa|c)_|xox[abeoprs][.-]|xapp-|sk-|[sr]k_(?:live|test)_|whsec_|AIza|hf_|npm_|pypi-|do[opr]_v1_|shp(?:at|ca|pa|ss)_|dckr_pat_|hv[sbp]\.|tskey-|AGE-SECRET-KEY-|ATATT3|NRAK-|lin_api_|figd_|gsk_|xai-|pul-|rubygems_|sntrys_|PMAK-|nvapi-|sq0(?:atp|csp)-)[A-Za-z0-9_.-]{12,}/g,
    `$1${mask}`,
  ],
  [/(?<![A-Za-z0-9_-])((?:AKIA|ASIA))[A-Z0-9]{16}(?![A-Za-z0-9_-])/g, `$1${mask}`],
  [/(?<![A-Za-z0-9_-])(dapi|key-|SK|tk_)[a-z0-9]{29,40}(?![A-Za-z0-9_-])/g, `$1${mask}`],
  [/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g, mask],
  [/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{40,}/g, mask],
  [/(?<![A-Za-z0-9_-])(ya29\.|SG\.)[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]+)?/g, `$1${mask}`],
  [/(?<![A-Za-z0-9_-])(\d{8,12}:AA)[A-Za-z0-9_-]{30,}/g, `$1${mask}`],
  [/(hooks\.slack\.com\/(?:services|workflows)\/)[A-Za-z0-9_/-]+/g, `$1${mask}`],
  [/(webhook\.office\.com\/webhookb2\/)[A-Za-z0-9_@/-]+/g, `$1${mask}`],
  [/(\/api\/webhooks\/\d{1,20}\/)[A-Za-z0-9_-]+/g, `$1${mask}`],
  [/(\/bot\d{1,12}:)[A-Za-z0-9_-]{20,}/g, `$1${mask}`],
  // The last part of the address is the key of a stream.
  [/(rtmps?:\/\/[^/\s"']{1,256}\/[^/\s"']{1,256}\/)[^\s"']+/g, `$1${mask}`],
];

export const maskTokens = (text: string) =>
  tokenFormats.reduce((masked, [format, by]) => masked.replace(format, by), text);

const keyBegin = '-----BEGIN ';

/** A private key in PEM (RFC 7468), from its first line to its last, or to the end. */
export function maskPrivateKeys(text: string): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf(keyBegin); at !== -1; at = text.indexOf(keyBegin, at + keyBegin.length)) {
    if (at < from || !/PRIVATE KEY/.test(text.slice(at, at + 64))) continue;
    const end = text.indexOf('-----END ', at);
    const close = end === -1 ? -1 : text.indexOf('-----', end + 9);
    const stop = close === -1 ? text.length : close + 5;
    out += text.slice(from, at) + mask;
    from = stop;
  }
  return out + text.slice(from);
}
