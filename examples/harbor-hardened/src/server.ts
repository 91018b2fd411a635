import { app } from './app.js';
import { backgroundDone } from './background.js';
import { pool } from './db.js';
import { markStopping } from './health.js';
import { startHousekeeping } from './housekeeping.js';
import { log } from './log.js';
import { settings } from './settings.js';

const server = app.listen(settings.PORT, () => log.info({ port: settings.PORT }, 'harbor is running'));
server.requestTimeout = 30_000;
server.on('error', (err) => {
  log.fatal({ err }, 'the server cannot listen');
  process.exit(1);
});

const stopHousekeeping = startHousekeeping();
let stopping = false;

/**
 * Finishes the requests and background work in flight, then ends; after fifteen seconds, which is longer than any call
 * to another service, it ends anyway.
 */
async function stop(reason: string, exitCode: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ reason }, 'stopping');
  markStopping();
  setTimeout(() => {
    log.error('stopping took too long');
    process.exit(1);
  }, 15_000).unref();
  const closed = new Promise((resolve) => server.close(resolve));
  // Connections that become idle from now on are kept alive by nobody.
  setInterval(() => server.closeIdleConnections(), 200).unref();
  await closed;
  await backgroundDone();
  stopHousekeeping();
  await pool.end();
  process.exit(exitCode);
}

process.on('SIGTERM', () => void stop('SIGTERM', 0));
process.on('SIGINT', () => void stop('SIGINT', 0));
process.on('uncaughtException', (err) => {
  log.fatal({ err }, 'uncaught exception');
  void stop('uncaughtException', 1);
});
process.on('unhandledRejection', (err) => {
  log.fatal({ err }, 'unhandled rejection');
  void stop('unhandledRejection', 1);
});
