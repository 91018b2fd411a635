/** Packages whose native part is compiled by their install script, which `--install` leaves out: these alone are built after it. */
export const nativeModules: readonly string[] = [
  'bcrypt',
  'argon2',
  'better-sqlite3',
  'sqlite3',
  'libpq',
  'pg-native',
  'bufferutil',
  'utf-8-validate',
  'cpu-features',
  'node-rdkafka',
  'canvas',
  're2',
  'microtime',
  'farmhash',
  'sodium-native',
];
