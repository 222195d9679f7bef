'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { isServed, reloadWhenServed } from '@/components/ui/reload-when-served';

/** A script that did not come: nothing is wrong with the page but that. */
const isCutOff = ({ name, message }: Error) =>
  name === 'ChunkLoadError' || message.includes('Failed to load chunk');

const reloadedName = 'hostbeat-reloaded';
/** What is broken again after a reload is left to the reader. */
const againAfterMs = 60_000;

/** Whether the page may load itself anew without being asked: once a minute at most. */
function mayReload(): boolean {
  try {
    const before = Number(sessionStorage.getItem(reloadedName) ?? 0);
    if (Date.now() - before < againAfterMs) return false;
    sessionStorage.setItem(reloadedName, String(Date.now()));
    return true;
  } catch {
    return false;
  }
}

/** Stands in place of a page that broke. Only a reload gets its scripts anew. */
export default function Failure({ error }: { readonly error: Error }) {
  const t = useTranslations('failure');
  const [isWaiting, setWaiting] = useState(false);

  useEffect(() => {
    const stop = new AbortController();
    if (isCutOff(error) && mayReload()) void reloadWhenServed(stop.signal);
    return () => stop.abort();
  }, [error]);

  const reload = async () => {
    if (await isServed()) return location.reload();
    setWaiting(true);
    await reloadWhenServed();
  };
  return (
    <main className="mx-auto grid min-h-dvh max-w-lg content-center gap-3 px-5">
      <h1 className="text-2xl font-semibold">{t('title')}</h1>
      <p className="text-soft" role="status">
        {t(isWaiting ? 'waiting' : 'text')}
      </p>
      <Button disabled={isWaiting} onClick={reload}>
        {t('again')}
      </Button>
    </main>
  );
}
