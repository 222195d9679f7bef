import type { z } from 'zod';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import {
  containersSchema,
  cpuSchema,
  diskSchema,
  filesystemSchema,
  loginSchema,
  memorySchema,
  messageSchema,
  networkSchema,
  pressureSchema,
  processesSchema,
  sensorDataSchema,
  systemAlertSchema,
} from '@/lib/protocol/payloads';

/** What each payload must look like. Apart from the types, since a browser needs those without zod. */
export const loggedSchemas = {
  cpu: cpuSchema,
  memory: memorySchema,
  pressure: pressureSchema,
  network: networkSchema,
  disk: diskSchema,
  'sensor-data': sensorDataSchema,
  filesystem: filesystemSchema,
  processes: processesSchema,
  containers: containersSchema,
  'user-login': loginSchema,
  'user-logout': loginSchema,
  'system-alert': systemAlertSchema,
  message: messageSchema,
} as const satisfies { readonly [T in LoggedType]: z.ZodType<LoggedPayloads[T]> };
