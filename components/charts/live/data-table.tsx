'use client';

import { useTranslations } from 'next-intl';
import { Dialog } from '../../ui/dialog';
import { Cell, Column, Row, RowHeader, Table } from '../../ui/table';

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
  return (
    <Dialog title={label} closeText={t('close')} onClose={onClose} className="max-w-[min(60rem,94vw)]">
      {notes.map((note) => (
        <p key={note} className="px-4 pt-2 text-xs text-soft">
          {note}
        </p>
      ))}
      <Table
        className="leading-6"
        head={[t('time'), ...columns].map((column, index) => (
          <Column key={column} isFigure={index > 0} className="px-4 pt-2 whitespace-nowrap">
            {column}
          </Column>
        ))}
      >
        {rows.map((row) => (
          <Row key={row.t}>
            <RowHeader className="px-4 whitespace-nowrap text-soft">{row.time}</RowHeader>
            {row.values.map((value, index) => (
              <Cell isFigure key={columns[index]} className="px-4">
                {value}
              </Cell>
            ))}
          </Row>
        ))}
      </Table>
    </Dialog>
  );
}
