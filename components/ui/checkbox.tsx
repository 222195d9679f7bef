import type { ReactNode } from 'react';

export interface CheckboxProps {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly children?: ReactNode;
  /** Its name where no text stands beside it. */
  readonly label?: string;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** The label is the target, so that a finger need not find the box. */
function Toggle(props: CheckboxProps & { readonly box: string }) {
  const { isOn, onChange, children, label, disabled, className = '', box } = props;
  return (
    <label
      className={`flex cursor-pointer items-center gap-2 has-disabled:cursor-default pointer-coarse:min-h-11 ${className}`}
    >
      <input
        type="checkbox"
        aria-label={label}
        checked={isOn}
        disabled={disabled}
        onChange={({ target }) => onChange(target.checked)}
        className={box}
      />
      {children}
    </label>
  );
}

export function Checkbox(props: CheckboxProps) {
  return <Toggle {...props} box="size-4 shrink-0 accent-cpu disabled:opacity-50" />;
}

/** What is on or off at once. */
export function Switch(props: CheckboxProps) {
  return <Toggle {...props} box="switch shrink-0" />;
}
