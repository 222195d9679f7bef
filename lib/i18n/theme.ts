export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** The request header that carries the chosen theme from the proxy to the page. */
export const themeHeader = 'x-hostbeat-theme';
/** Remembers the switch. */
export const themeCookie = 'hostbeat-theme';

export function isTheme(text: string | null | undefined): text is Theme {
  return (themes as readonly (string | null | undefined)[]).includes(text);
}
