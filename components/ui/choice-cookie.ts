const yearSeconds = 31_536_000;

/** Stores a choice of the reader in a cookie for a year: the server needs it before it renders. */
export function remember(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every supported browser.
  document.cookie = `${name}=${value}; path=/; max-age=${yearSeconds}; samesite=lax`;
}
