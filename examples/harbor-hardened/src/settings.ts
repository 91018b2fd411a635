import 'dotenv/config';
import { ConfigError, parseConfig, type Config } from './config.js';

function load(): Config {
  try {
    return parseConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** The settings of this process. */
export const settings = load();
