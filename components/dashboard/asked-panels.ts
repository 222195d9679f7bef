/** The panels that an address asks for with `panels=cpu,memory`, in its order, and what it asks for in vain. */
export interface AskedPanels {
  /** `null` when none is asked for that there is: all are shown. */
  readonly names: readonly string[] | null;
  readonly unknown: readonly string[];
}

const longest = 40;

export function askedPanels(asked: string | null, known: readonly string[]): AskedPanels {
  const names = [...new Set((asked ?? '').split(',').map((name) => name.trim()))].filter(Boolean);
  const there = names.filter((name) => known.includes(name));
  return {
    names: there.length > 0 ? there : null,
    unknown: names.filter((name) => !known.includes(name)).map((name) => name.slice(0, longest)),
  };
}
