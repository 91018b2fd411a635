import pino from 'pino';
import { settings } from './settings.js';

/** Paths whose values never reach the log. */
export const redactedPaths = ['password', 'token', 'authorization', 'headers.authorization', '*.password', '*.token', '*.password_hash'];

export const log = pino({
  level: settings.LOG_LEVEL,
  redact: redactedPaths,
  serializers: { err: pino.stdSerializers.err },
});
