import type { ComponentProps, ReactNode } from 'react';
import { BareButton } from './button';

export interface TableProps {
  /** Its columns' headings. */
  readonly head: ReactNode;
  /** Its rows. */
  readonly children: ReactNode;
  readonly className?: string;
}

/** A row a line. Without `table-fixed` columns are as wide as what is in them. */
export function Table({ head, children, className = 'table-fixed leading-7' }: TableProps) {
  return (
    <table className={`w-full text-[0.8125rem] ${className}`}>
      <thead className="text-xs leading-5 text-soft">
        <tr>{head}</tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

interface Aligned {
  /** Figures stand at the right, under each other's last digits. */
  readonly isFigure?: boolean;
}

const aligned = (isFigure: boolean) => (isFigure ? 'text-right' : 'text-left');

export function Column({ isFigure = false, className = '', ...props }: Aligned & ComponentProps<'th'>) {
  return <th scope="col" {...props} className={`font-normal ${aligned(isFigure)} ${className}`} />;
}

export interface SortColumnProps {
  readonly isSorted: boolean;
  readonly onSort: () => void;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A column of figures by which rows can be sorted, the highest first. */
export function SortColumn({ isSorted, onSort, children, className = '' }: SortColumnProps) {
  return (
    <th scope="col" aria-sort={isSorted ? 'descending' : 'none'} className={`font-normal ${className}`}>
      <BareButton
        onClick={onSort}
        className={`block w-full rounded px-1.5 text-right whitespace-nowrap hover:text-ink ${isSorted ? 'font-semibold text-ink' : ''}`}
      >
        {children}
        <span aria-hidden="true" className={isSorted ? '' : 'invisible'}>
          {' ↓'}
        </span>
      </BareButton>
    </th>
  );
}

export function Row({ className = '', ...props }: ComponentProps<'tr'>) {
  return <tr {...props} className={`border-t border-line ${className}`} />;
}

/** What the row is about. */
export function RowHeader(props: { readonly isStrong?: boolean } & ComponentProps<'th'>) {
  const { isStrong = false, className = '', ...native } = props;
  return (
    <th
      scope="row"
      {...native}
      className={`text-left ${isStrong ? 'font-semibold' : 'font-normal'} ${className}`}
    />
  );
}

export function Cell({ isFigure = false, className = '', ...props }: Aligned & ComponentProps<'td'>) {
  return <td {...props} className={`${isFigure ? 'text-right whitespace-nowrap' : ''} ${className}`} />;
}
