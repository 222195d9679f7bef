import { createContext, type ReactNode, useContext } from 'react';
import { cardClasses } from './card';
import { ConnectionSign } from './connection-sign';

export interface PanelProps {
  readonly title: string;
  /** A short fact at the right of the title. */
  readonly note?: ReactNode;
  /** The main value; beside the title where the panel stands alone. */
  readonly figure?: ReactNode;
  readonly legend?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
  /** Fills its frame, without border or background of its own. */
  readonly bare?: boolean;
}

/** A word beside the titles of the panels below. */
export const PanelTag = createContext<ReactNode>(null);

const framed = `${cardClasses} px-4 pt-3 pb-3`;

/** The card that every panel is. */
export function Panel({ title, note, figure, legend, children, className = '', bare = false }: PanelProps) {
  const tag = useContext(PanelTag);
  return (
    <section aria-label={title} className={`flex min-w-0 flex-col ${bare ? 'h-full' : framed} ${className}`}>
      <header className="flex items-baseline justify-between gap-3">
        <h2 className="flex min-w-0 shrink-0 max-w-full items-baseline gap-2 text-sm font-semibold whitespace-nowrap">
          {title}
          {/* Room for the longest rate: the connection's sign beside it stands still. */}
          {bare && figure && <span className="min-w-[6ch] truncate font-semibold">{figure}</span>}
          {tag}
        </h2>
        {bare && <ConnectionSign />}
        <p className="panel-note min-w-0 flex-1 truncate text-right text-xs text-soft">{note}</p>
      </header>
      {legend && <div className="panel-legend mt-1.5 min-h-5">{legend}</div>}
      <div className="mt-2 min-h-0 flex-1">{children}</div>
    </section>
  );
}
