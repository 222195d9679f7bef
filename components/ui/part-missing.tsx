'use client';

import { useTranslations } from 'next-intl';
import { Component, type ComponentType, type ReactNode, useState } from 'react';
import { TextButton } from './button';
import { type Late, useLate } from './lazy-part';
import { isServed } from './reload-when-served';

export interface PartMissingProps {
  /** Fetches it again; resolves to whether it is here. */
  readonly onRetry: () => Promise<boolean>;
}

/** Stands where a part of the page belongs that could not be had, and gets it. */
export function PartMissing({ onRetry }: PartMissingProps) {
  const t = useTranslations('failure.part');
  const [state, setState] = useState<'missing' | 'busy' | 'away'>('missing');
  const retry = async () => {
    setState('busy');
    if (await onRetry()) return setState('missing');
    // A server that answers has no such script any more: the page is of an older build.
    if (await isServed()) location.reload();
    else setState('away');
  };
  return (
    <p
      role="status"
      data-testid="part-missing"
      className="flex flex-wrap items-baseline gap-x-3 gap-y-1 rounded-lg border border-warn/50 px-3 py-1.5 text-xs leading-5 text-warn"
    >
      {t(state === 'away' ? 'away' : 'missing')}
      <TextButton disabled={state === 'busy'} onClick={retry} className="font-semibold underline">
        {t('retry')}
      </TextButton>
    </p>
  );
}

interface BoundaryProps {
  readonly children: ReactNode;
}

/** What breaks in a late part leaves the rest of the page as it is. */
class PartBoundary extends Component<BoundaryProps, { readonly hasBroken: boolean }> {
  override state = { hasBroken: false };
  static getDerivedStateFromError() {
    return { hasBroken: true };
  }
  override render() {
    if (!this.state.hasBroken) return this.props.children;
    const retry = async () => {
      this.setState({ hasBroken: false });
      return true;
    };
    return <PartMissing onRetry={retry} />;
  }
}

export interface LatePartProps<P extends object> {
  readonly of: Late<ComponentType<P>>;
  readonly props: P;
}

/** Shows a late part once it is here. */
export function LatePart<P extends object>({ of, props }: LatePartProps<P>) {
  const { part: Part, hasFailed } = useLate(of);
  if (Part)
    return (
      <PartBoundary>
        <Part {...props} />
      </PartBoundary>
    );
  return hasFailed ? <PartMissing onRetry={async () => (await of.load()) !== null} /> : null;
}
