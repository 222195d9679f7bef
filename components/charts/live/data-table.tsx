'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useRef } from 'react';

export interface DataTableProps {
  /** The name of the chart. */
  readonly label: string;
  readonly columns: readonly string[];
  /** Oldest first: a time, and the value of each column. */
  readonly rows: readonly { readonly t: number; readonly time: string; readonly values: readonly string[] }[];
  /** What else the chart shows: thresholds and marks, one sentence each. */
  readonly notes: readonly string[];
  readonly onClose: () => void;
}

/** What a chart showed when it was asked for, as a table: it does not change while it is read. */
export function DataTable({ label, columns, rows, notes, onClose }: DataTableProps) {
  const t = useTranslations('chart');
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-label={label}
      onClose={onClose}
      className="m-auto max-h-[85dvh] max-w-[min(60rem,94vw)] rounded-xl border border-line bg-panel text-ink shadow-2xl backdrop:bg-black/50"
    >
      <div className="sticky top-0 flex items-center justify-between gap-6 border-b border-line bg-panel px-4 py-2.5">
        <b className="font-semibold">{label}</b>
        <button
          type="button"
          onClick={() => dialog.current?.close()}
          className="h-8 cursor-pointer rounded-lg border border-line px-3 text-[0.8125rem] text-soft hover:bg-raised hover:text-ink"
        >
          {t('close')}
        </button>
      </div>
      {notes.map((note) => (
        <p key={note} className="px-4 pt-2 text-xs text-soft">
          {note}
        </p>
      ))}
      <table className="w-full text-[0.8125rem] leading-6">
        <thead className="text-xs text-soft">
          <tr>
            {[t('time'), ...columns].map((column, index) => (
              <th
                key={column}
                scope="col"
                className={`px-4 pt-2 font-normal whitespace-nowrap ${index === 0 ? 'text-left' : 'text-right'}`}
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.t} className="border-t border-line">
              <th scope="row" className="px-4 text-left font-normal whitespace-nowrap text-soft">
                {row.time}
              </th>
              {row.values.map((value, index) => (
                <td key={columns[index]} className="px-4 text-right whitespace-nowrap">
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </dialog>
  );
}
