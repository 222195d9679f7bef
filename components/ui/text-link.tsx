import type { ComponentProps } from 'react';

export interface TextLinkProps extends ComponentProps<'a'> {
  readonly href: string;
}

/** A link in running text, in the colour of what is around it. What is elsewhere opens in a tab of its own. */
export function TextLink({ href, className = '', ...props }: TextLinkProps) {
  const elsewhere = /^[a-z]+:/i.test(href) ? { target: '_blank', rel: 'noopener noreferrer' } : {};
  return (
    <a
      {...elsewhere}
      {...props}
      href={href}
      className={`rounded underline-offset-2 hover:underline ${className}`}
    />
  );
}
