'use client';

import { useLocale, useTranslations } from 'next-intl';
import { formatQuantity } from '@/lib/i18n/quantity';
import type { Process } from '@/lib/protocol/alerting';

const sum = (...parts: readonly (number | null)[]) =>
  parts.every((part) => part === null) ? null : parts.reduce<number>((total, part) => total + (part ?? 0), 0);

/** The processes that were frozen into an alert. */
export function Culprits({ processes }: { readonly processes: readonly Process[] }) {
  const t = useTranslations('alertPages');
  const locale = useLocale();
  if (processes.length === 0) return <p className="py-2 text-[0.8125rem] text-soft">{t('culpritsNone')}</p>;
  return (
    <table className="w-full table-fixed text-[0.8125rem] leading-7">
      <thead className="text-xs text-soft">
        <tr>
          <th scope="col" className="text-left font-normal">
            {t('processName')}
          </th>
          <th scope="col" className="w-18 text-right font-normal">
            {t('cpu')}
          </th>
          <th scope="col" className="w-20 text-right font-normal">
            {t('memory')}
          </th>
          <th scope="col" className="hidden w-24 text-right font-normal sm:table-cell">
            {t('disk')}
          </th>
        </tr>
      </thead>
      <tbody>
        {processes.map(
          ({ pid, name, user, cpuPercent, memoryBytes, readBytesPerSecond, writeBytesPerSecond }) => (
            <tr key={pid} className="border-t border-line">
              <th scope="row" className="text-left font-semibold wrap-anywhere">
                {name}
                <span className="pl-2 text-xs font-normal text-soft">
                  {[pid, user].filter(Boolean).join(' · ')}
                </span>
              </th>
              <td className="text-right">{formatQuantity(cpuPercent, 'percent', locale)}</td>
              <td className="text-right">{formatQuantity(memoryBytes, 'memoryBytes', locale)}</td>
              <td className="hidden text-right sm:table-cell">
                {formatQuantity(sum(readBytesPerSecond, writeBytesPerSecond), 'bytesPerSecond', locale)}
              </td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  );
}
