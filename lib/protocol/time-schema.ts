import { z } from 'zod';
import { parseTimeExpression, wrongUnixMs } from './time-expression';

/** A time in a query; 0 is the beginning of everything stored. */
export const timeSchema = z.string().transform((text, context) => {
  const time = parseTimeExpression(text);
  const wrong = /^\d+$/.test(text) && Number(text) !== 0 ? wrongUnixMs(Number(text)) : null;
  if (time && wrong === null) return time;
  context.addIssue({
    code: 'custom',
    message:
      wrong ??
      'takes Unix milliseconds, a time with its zone such as 2026-11-23T03:12:00Z, or how long ago: -6h',
  });
  return z.NEVER;
});

/** Unix ms in a body that the server reads; a number of another unit is refused. */
export const givenUnixMs = z
  .number()
  .superRefine((t, context) => {
    const message = wrongUnixMs(t);
    if (message !== null) context.addIssue({ code: 'custom', message });
  })
  .int();
