import { all, library } from './types.ts';
import type { Library } from './types.ts';

const crypto = library(['node:crypto'], {
  ...all('hash', 'createHash hash'),
  createHmac: { means: 'hmac' },
  ...all('password-hash', 'scrypt scryptSync pbkdf2 pbkdf2Sync'),
  ...all('random', 'randomBytes randomUUID randomInt getRandomValues'),
  timingSafeEqual: { means: 'constant-time-compare' },
  ...all('cipher', 'createCipheriv createDecipheriv createCipher createDecipher'),
  'createHash.update': { means: 'hash-update' },
  'createHmac.update': { means: 'hmac-update' },
});
const files = library(['node:fs', 'node:fs/promises', 'fs-extra'], {
  ...['', 'promises.', 'default.'].reduce(
    (found, prefix) => ({
      ...found,
      ...all(
        'file-read',
        'readFile readFileSync createReadStream readdir readdirSync stat statSync access existsSync open'.replace(/(^| )/g, `$1${prefix}`),
      ),
      ...all(
        'file-write',
        'writeFile writeFileSync appendFile appendFileSync createWriteStream mkdir mkdirSync rename renameSync copyFile'.replace(
          /(^| )/g,
          `$1${prefix}`,
        ),
      ),
      ...all('file-delete', 'unlink unlinkSync rm rmSync rmdir'.replace(/(^| )/g, `$1${prefix}`)),
    }),
    {},
  ),
});
const processes = library(['node:child_process', 'execa', 'shelljs'], {
  ...all('command-shell', 'exec execSync'),
  ...all('command', 'spawn spawnSync execFile execFileSync fork execa'),
});
const network = library(['node:http', 'node:https', 'http', 'https'], {
  ...all('outbound', 'request get'),
  createServer: { means: 'server', returns: 'Server' },
  'Server.on': { means: 'http-on' },
  'Server.listen': { means: 'listen' },
});
const vm = library(['node:vm', 'vm2'], { ...all('evaluate', 'runInNewContext runInThisContext runInContext Script VM.run') });

/** Node's own modules. */
export default [crypto, files, processes, network, vm] satisfies Library;
