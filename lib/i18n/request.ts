import { headers } from 'next/headers';
import { getRequestConfig } from 'next-intl/server';
import { isLocale, localeHeader } from './locales';
import { messages } from './messages';

/** What next-intl asks for once a request; the proxy has chosen the locale. */
export default getRequestConfig(async () => {
  const chosen = (await headers()).get(localeHeader);
  const locale = isLocale(chosen) ? chosen : 'en';
  return { locale, messages: messages[locale], timeZone: 'UTC' };
});
