export const locales = ['en', 'zh'] as const;
export type Locale = (typeof locales)[number];

/** The request header that carries the chosen locale from the proxy to the page. */
export const localeHeader = 'x-hostbeat-lang';
/** Remembers the switch. */
export const localeCookie = 'hostbeat-lang';

export function isLocale(text: string | null | undefined): text is Locale {
  return (locales as readonly (string | null | undefined)[]).includes(text);
}

/** The best locale for an `Accept-Language` header (RFC 9110, section 12.5.4); English when none fits. */
export function negotiateLocale(acceptLanguage: string | null): Locale {
  let best: Locale = 'en';
  let bestQuality = 0;
  for (const range of (acceptLanguage ?? '').slice(0, 500).split(',')) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const weight = parameters.map((text) => text.trim()).find((text) => text.startsWith('q='));
    const quality = weight ? Number(weight.slice(2)) : 1;
    const language = tag.split('-')[0];
    if (!isLocale(language) || !(quality > bestQuality && quality <= 1)) continue;
    best = language;
    bestQuality = quality;
  }
  return best;
}
