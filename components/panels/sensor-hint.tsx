'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { TextButton } from '../ui/button';

/** The command that publishes a sensor with this id. */
export function SensorHint({ id }: { readonly id: string }) {
  const t = useTranslations('sensors');
  const [origin, setOrigin] = useState('http://localhost:3000');
  const [copied, setCopied] = useState(false);
  // Where the reader reaches this server is not known while it renders.
  useEffect(() => setOrigin(window.location.origin), []);
  // A quote, which encoding leaves as it is, would begin a string of the shell's.
  const name = encodeURIComponent(id).replaceAll("'", '%27');
  const command = `curl -d temperature=23.5 ${origin}/api/sensors/${name}`;
  const copy = () => {
    void navigator.clipboard?.writeText(command).then(() => setCopied(true));
  };
  return (
    <>
      <p className="text-xs">{t('hint')}</p>
      <code className="w-full max-w-xl rounded-lg bg-raised px-3 py-2 text-left font-mono text-[0.6875rem] leading-5 wrap-anywhere text-ink select-all">
        {command}
      </code>
      <TextButton onClick={copy} className="text-xs hover:text-ink">
        {copied ? t('copied') : t('copy')}
      </TextButton>
    </>
  );
}
