import type { ComponentProps, ReactNode } from 'react';

const variants = {
  primary: 'bg-action font-semibold text-white hover:brightness-110 disabled:opacity-50',
  secondary:
    'border border-line text-soft hover:bg-raised hover:text-ink disabled:opacity-50 disabled:hover:bg-transparent aria-pressed:border-cpu aria-pressed:bg-[color-mix(in_srgb,var(--hue-cpu)_14%,transparent)] aria-pressed:text-ink',
  danger: 'border border-bad/50 text-bad hover:bg-raised disabled:opacity-50',
  quiet:
    'text-soft hover:bg-raised hover:text-ink disabled:opacity-40 disabled:hover:bg-transparent aria-disabled:cursor-default aria-disabled:opacity-40 aria-pressed:bg-raised aria-pressed:font-semibold aria-pressed:text-ink aria-expanded:bg-raised',
} as const;

const sizes = { sm: 'h-8 rounded-md text-xs', md: 'h-9 rounded-lg text-[0.8125rem]' } as const;
const padding = { sm: 'px-2', md: 'px-3' } as const;
const iconPadding = { sm: 'min-w-8 px-1.5', md: 'min-w-9 px-2.5' } as const;

const common =
  'inline-flex shrink-0 cursor-pointer items-center justify-center gap-1.5 whitespace-nowrap disabled:cursor-default pointer-coarse:min-h-11';

export type ButtonVariant = keyof typeof variants;

interface Appearance {
  readonly variant?: ButtonVariant;
  readonly size?: keyof typeof sizes;
}

export interface ButtonProps extends Appearance, ComponentProps<'button'> {}

export function Button({ variant = 'secondary', size = 'md', className = '', ...props }: ButtonProps) {
  return (
    <button
      type="button"
      {...props}
      className={`${common} ${sizes[size]} ${padding[size]} ${variants[variant]} ${className}`}
    />
  );
}

export interface LinkButtonProps extends Appearance, ComponentProps<'a'> {}

/** A link that leads to where something is done. */
export function LinkButton({
  variant = 'secondary',
  size = 'md',
  className = '',
  ...props
}: LinkButtonProps) {
  return (
    <a {...props} className={`${common} ${sizes[size]} ${padding[size]} ${variants[variant]} ${className}`} />
  );
}

export interface IconButtonProps extends Appearance, ComponentProps<'button'> {
  /** What it does; shown where the pointer rests. */
  readonly label: string;
}

/** As wide as high, unless text stands beside its icon. */
export function IconButton(props: IconButtonProps) {
  const { label, variant = 'secondary', size = 'md', className = '', ...native } = props;
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...native}
      className={`${common} ${sizes[size]} ${iconPadding[size]} pointer-coarse:min-w-11 ${variants[variant]} ${className}`}
    />
  );
}

/** A button in running text, in the size and colour of what is around it. */
export function TextButton({ className = '', ...props }: ComponentProps<'button'>) {
  return (
    <button
      type="button"
      {...props}
      className={`min-h-6 cursor-pointer rounded underline-offset-2 hover:underline disabled:cursor-default disabled:opacity-50 ${className}`}
    />
  );
}

/** A button whose look is its content: a card, a mark on an axis, a name in a table. */
export function BareButton({ className = '', ...props }: ComponentProps<'button'>) {
  return <button type="button" {...props} className={`cursor-pointer ${className}`} />;
}

export interface ButtonGroupProps {
  readonly children: ReactNode;
  readonly className?: string;
}

/** Quiet buttons that belong together, in one frame. */
export function ButtonGroup({ children, className = '' }: ButtonGroupProps) {
  return (
    <div
      className={`flex min-w-0 items-center rounded-lg border border-line bg-panel p-0.5 *:-outline-offset-2 ${className}`}
    >
      {children}
    </div>
  );
}
