'use client';

import { useLocale, useTranslations } from 'next-intl';
import { formatQuantity } from '@/lib/i18n/quantity';
import type { Process } from '@/lib/protocol/alerting';
import { Cell, Column, Row, RowHeader, Table } from '../../ui/table';

const sum = (...parts: readonly (number | null)[]) =>
  parts.every((part) => part === null) ? null : parts.reduce<number>((total, part) => total + (part ?? 0), 0);

/** The top consumers of an alert when it fired. */
export function TopConsumers({ processes }: { readonly processes: readonly Process[] }) {
  const t = useTranslations('alertPages');
  const locale = useLocale();
  if (processes.length === 0) return <p className="py-2 text-[0.8125rem] text-soft">{t('culpritsNone')}</p>;
  return (
    <Table
      head={
        <>
          <Column>{t('processName')}</Column>
          <Column isFigure className="w-18">
            {t('cpu')}
          </Column>
          <Column isFigure className="w-20">
            {t('memory')}
          </Column>
          <Column isFigure className="hidden w-24 sm:table-cell">
            {t('disk')}
          </Column>
        </>
      }
    >
      {processes.map(
        ({ pid, name, user, cpuPercent, memoryBytes, readBytesPerSecond, writeBytesPerSecond }) => (
          <Row key={pid}>
            <RowHeader isStrong className="wrap-anywhere">
              {name}
              <span className="pl-2 text-xs font-normal text-soft">
                {[pid, user].filter(Boolean).join(' · ')}
              </span>
            </RowHeader>
            <Cell isFigure>{formatQuantity(cpuPercent, 'percent', locale)}</Cell>
            <Cell isFigure>{formatQuantity(memoryBytes, 'memoryBytes', locale)}</Cell>
            <Cell isFigure className="hidden sm:table-cell">
              {formatQuantity(sum(readBytesPerSecond, writeBytesPerSecond), 'bytesPerSecond', locale)}
            </Cell>
          </Row>
        ),
      )}
    </Table>
  );
}
