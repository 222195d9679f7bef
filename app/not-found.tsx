import { getTranslations } from 'next-intl/server';
import { embeddableNames } from '@/components/panels/embeddable';
import { TextLink } from '@/components/ui/text-link';

export default async function NotFound() {
  const t = await getTranslations('missing');
  return (
    <main className="mx-auto grid min-h-dvh max-w-lg content-center gap-3 px-5">
      <h1 className="text-2xl font-semibold">{t('title')}</h1>
      <p className="text-soft">{t('text', { panels: embeddableNames.join(', ') })}</p>
      <TextLink href="/" className="text-cpu underline">
        {t('back')}
      </TextLink>
    </main>
  );
}
