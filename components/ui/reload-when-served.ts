const answerWithinMs = 5_000;
const askEveryMs = 2_000;

/** Whether the server answers: a reload without it would show the browser's own error page. */
export async function isServed(): Promise<boolean> {
  const giveUp = new AbortController();
  const late = setTimeout(() => giveUp.abort(), answerWithinMs);
  try {
    return (await fetch(location.href, { method: 'HEAD', cache: 'no-store', signal: giveUp.signal })).ok;
  } catch {
    return false;
  } finally {
    clearTimeout(late);
  }
}

/** Loads this page anew, with the code that the server has now, as soon as it answers. */
export async function reloadWhenServed(signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted) {
    if (await isServed()) {
      if (!signal?.aborted) location.reload();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}
