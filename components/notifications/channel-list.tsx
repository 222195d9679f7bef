'use client';

import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { type ChannelKindName, channelKindNames, type ShownChannel } from '@/lib/protocol/notifications';
import { BareButton, Button } from '../ui/button';
import { Card } from '../ui/card';
import { ChannelForm } from './channel-form';
import { ChannelRow } from './channel-row';
import { KindIcon } from './kind-icon';

export interface ChannelListProps {
  readonly channels: readonly ShownChannel[];
  readonly onChanged: () => Promise<void>;
}

/** Those that are set up by hand; a browser adds itself. */
const offered = channelKindNames.filter((kind) => kind !== 'webpush');

function KindChoice({ onChoose }: { readonly onChoose: (kind: ChannelKindName) => void }) {
  const t = useTranslations('notifications.kind');
  return (
    <ul className="grid gap-2 sm:grid-cols-2 lg:grid-cols-3">
      {offered.map((kind) => (
        <li key={kind}>
          <BareButton
            onClick={() => onChoose(kind)}
            className="flex h-full w-full items-start gap-3 rounded-lg border border-line p-3 text-left hover:bg-raised"
          >
            <KindIcon kind={kind} />
            <span className="min-w-0">
              <span className="block text-sm font-semibold">{t(`${kind}.name`)}</span>
              <span className="block text-xs text-soft">{t(`${kind}.what`)}</span>
            </span>
          </BareButton>
        </li>
      ))}
    </ul>
  );
}

/** All channels, and the way to one more. */
export function ChannelList({ channels, onChanged }: ChannelListProps) {
  const t = useTranslations('notifications');
  const [step, setStep] = useState<'closed' | 'choosing' | ChannelKindName>('closed');
  const [said, setSaid] = useState('');
  const opener = useRef<HTMLButtonElement>(null);
  const isEmpty = channels.length === 0;
  const close = () => {
    setStep('closed');
    opener.current?.focus();
  };
  const kind = step === 'closed' || step === 'choosing' ? null : step;

  return (
    <section aria-labelledby="channels">
      <div className="mb-2 flex min-h-9 items-center justify-between gap-3">
        <h2 id="channels" className="text-base font-semibold">
          {t('channels.title')}
        </h2>
        {!isEmpty && step === 'closed' && (
          <Button ref={opener} variant="primary" onClick={() => setStep('choosing')}>
            {t('channels.add')}
          </Button>
        )}
      </div>
      <p className="sr-only" role="status">
        {said}
      </p>
      {(isEmpty || step !== 'closed') && (
        <Card as="div" className="mb-3 p-4">
          {kind ? (
            <>
              <h3 className="mb-3 flex items-center gap-3 text-sm font-semibold">
                <KindIcon kind={kind} />
                {t('channels.new', { kind: t(`kind.${kind}.name`) })}
              </h3>
              <ChannelForm
                key={kind}
                kind={kind}
                channel={null}
                onCancel={() => setStep('choosing')}
                onDone={({ name }) => {
                  setSaid(t('channels.added', { name }));
                  setStep('closed');
                  void onChanged();
                }}
              />
            </>
          ) : (
            <>
              <p className="mb-3 text-[0.8125rem] text-soft">
                {isEmpty ? t('channels.empty') : t('channels.choose')}
              </p>
              <KindChoice onChoose={setStep} />
              {!isEmpty && (
                <Button onClick={close} className="mt-3">
                  {t('form.cancel')}
                </Button>
              )}
            </>
          )}
        </Card>
      )}
      {!isEmpty && (
        <Card as="ul">
          {channels.map((channel) => (
            <ChannelRow key={channel.id} channel={channel} onChanged={onChanged} />
          ))}
        </Card>
      )}
    </section>
  );
}
