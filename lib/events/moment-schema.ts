import { z } from 'zod';
import { momentOf } from './moment';

/** A moment in a query that the server reads. */
export const momentSchema = z.string().transform((text, context) => {
  const moment = momentOf(text);
  if (moment) return moment;
  context.addIssue({
    code: 'custom',
    message:
      'takes Unix milliseconds, a time with its zone such as 2026-11-23T03:12:00Z, or how long ago: -6h',
  });
  return z.NEVER;
});
