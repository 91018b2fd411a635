import type { SinkKind } from '../../model/evidence/flows.ts';

/** What becomes of an argument of a call. */
export interface Sink {
  readonly kind: SinkKind;
  /** Positions of the arguments, or all of them. */
  readonly at: readonly number[] | 'all';
  /** Only these keys where the argument is an object. */
  readonly keys?: readonly string[];
  /** What the row has to say of it. */
  readonly note?: string;
}

/** What becomes of the arguments of calls that are alike. */
export interface Family {
  /** Packages, or what stands before the `#` of what is no package: `response`, `element`, `any`. */
  readonly of: readonly string[];
  /** Symbols after the `#`; those that begin with a dot are the last segment of any chain. */
  readonly names: string;
  readonly sinks: readonly Sink[];
}

const sink = (kind: SinkKind, at: Sink['at'] = [0], keys?: readonly string[]): Sink =>
  keys === undefined ? { kind, at } : { kind, at, keys };
const promised = (names: string) => names.replace(/\S+/g, '$& promises.$&');

const pathFirst =
  'readFile readFileSync createReadStream readdir readdirSync open openSync writeFile writeFileSync appendFile appendFileSync createWriteStream mkdir mkdirSync unlink unlinkSync rm rmSync rmdir rmdirSync truncate truncateSync chmod chmodSync opendir opendirSync stat statSync lstat lstatSync access accessSync exists existsSync watch watchFile remove removeSync ensureDir ensureFile outputFile readJson readJSON writeJson emptyDir mkdtemp mkdtempSync pathExists';
const pathBoth = 'rename renameSync copyFile copyFileSync link linkSync symlink symlinkSync cp cpSync copy copySync move moveSync';

/** Where text becomes something that acts. */
export const sinkFamilies: readonly Family[] = [
  { of: ['node:child_process', 'child_process', 'mz/child_process'], names: 'exec execSync', sinks: [sink('command')] },
  {
    of: ['node:child_process', 'child_process', 'mz/child_process', 'cross-spawn'],
    names: 'spawn spawnSync execFile execFileSync fork default sync',
    sinks: [sink('program', [0, 1])],
  },
  { of: ['execa'], names: 'execaCommand execaCommandSync command commandSync', sinks: [sink('command')] },
  { of: ['execa'], names: 'default execa execaSync sync', sinks: [sink('program', [0, 1])] },
  { of: ['shelljs'], names: 'exec default.exec', sinks: [sink('command')] },
  {
    of: ['node-cmd', 'child-process-promise', 'exec-sh', 'tinyexec'],
    names: 'exec run get runSync default execSh',
    sinks: [sink('command')],
  },
  { of: ['global'], names: 'Bun.spawn Bun.spawnSync', sinks: [sink('program')] },

  {
    of: ['node:fs', 'node:fs/promises', 'fs-extra', 'graceful-fs', 'mz/fs', 'fs/promises'],
    names: promised(pathFirst),
    sinks: [sink('file')],
  },
  { of: ['node:fs', 'node:fs/promises', 'fs-extra', 'graceful-fs', 'mz/fs'], names: promised(pathBoth), sinks: [sink('file', [0, 1])] },
  { of: ['response'], names: 'sendFile sendfile download', sinks: [sink('file')] },
  { of: ['response'], names: 'render', sinks: [sink('file'), sink('template-data', [1])] },
  { of: ['upload'], names: 'mv', sinks: [sink('file')] },
  { of: ['upload'], names: 'named', sinks: [sink('upload-name', [1])] },
  { of: ['upload'], names: 'read', sinks: [sink('upload-size')] },
  { of: ['send', '@koa/send', 'koa-send'], names: 'default', sinks: [sink('file', [1])] },
  { of: ['archive'], names: 'entry', sinks: [sink('file')] },

  { of: ['response'], names: 'send end write html', sinks: [sink('html')] },
  { of: ['element'], names: 'innerHTML outerHTML srcdoc', sinks: [sink('html')] },
  { of: ['any'], names: '.insertAdjacentHTML', sinks: [sink('html', [1])] },
  { of: ['any'], names: '.createContextualFragment', sinks: [sink('html')] },
  { of: ['global'], names: 'document.write document.writeln', sinks: [sink('html', 'all')] },
  { of: ['jsx'], names: 'dangerouslySetInnerHTML v-html href srcDoc', sinks: [sink('html')] },
  { of: ['template'], names: 'unescaped', sinks: [sink('html')] },
  { of: ['global'], names: '__markup', sinks: [sink('html')] },
  { of: ['handlebars', 'ejs-safe', 'hbs'], names: 'SafeString default.SafeString', sinks: [sink('html')] },

  {
    of: [
      'axios',
      'got',
      'ky',
      'superagent',
      'undici',
      'node-fetch',
      'cross-fetch',
      'isomorphic-fetch',
      'request',
      'request-promise',
      'needle',
      'ofetch',
      'node:http',
      'node:https',
      'http',
      'https',
      'phin',
      'bent',
      'make-fetch-happen',
      'follow-redirects',
      'urllib',
    ],
    names:
      'default get post put patch delete del head request fetch stream $fetch ofetch Client.get Client.post Client.put Client.patch Client.delete Client.head Client.request http.get http.request https.get https.request',
    sinks: [sink('address', [0], ['url', 'uri', 'baseURL', 'baseUrl', 'host', 'hostname', 'prefixUrl'])],
  },
  { of: ['needle', 'undici'], names: 'default request', sinks: [sink('address', [1], ['origin'])] },
  { of: ['global'], names: 'fetch window.fetch globalThis.fetch', sinks: [sink('address')] },
  {
    of: [
      'puppeteer',
      'puppeteer-core',
      'playwright',
      'playwright-core',
      'playwright-chromium',
      '@playwright/test',
      'phantom',
      'phantomjs-node',
    ],
    names: '.goto .setContent .setUrl .open .openUrl .openURL',
    sinks: [sink('address')],
  },
  {
    of: ['puppeteer', 'puppeteer-core', 'playwright', 'playwright-core', 'playwright-chromium', 'phantom'],
    names: '.evaluate .evaluateOnNewDocument .evaluateHandle .addInitScript .evaluateJavaScript',
    sinks: [sink('code')],
  },
  { of: ['puppeteer', 'puppeteer-core', 'playwright', 'playwright-core', 'phantom'], names: '.evaluate', sinks: [sink('address', [1, 2])] },
  { of: ['puppeteer', 'playwright', 'phantom'], names: '.property', sinks: [sink('address', [1])] },
  {
    of: [
      'wkhtmltopdf',
      'wkhtmltoimage',
      'html-pdf',
      'html-pdf-node',
      'link-preview-js',
      'open-graph-scraper',
      'url-metadata',
      'metascraper',
    ],
    names: 'default generate getLinkPreview create generatePdf',
    sinks: [sink('address', [0], ['url', 'html', 'uri'])],
  },

  { of: ['response'], names: 'redirect', sinks: [sink('redirect', 'all')] },
  { of: ['location'], names: 'href assign replace', sinks: [sink('redirect')] },
  { of: ['headers'], names: 'allow-origin', sinks: [sink('cors-origin')] },
  { of: ['next/navigation', 'next/server'], names: 'redirect permanentRedirect NextResponse.redirect', sinks: [sink('redirect')] },
  {
    of: ['@remix-run/node', 'react-router', '@sveltejs/kit', '@remix-run/server-runtime'],
    names: 'redirect redirectDocument',
    sinks: [sink('redirect', 'all')],
  },
  {
    of: ['global'],
    names:
      'Response.redirect location.assign location.replace window.location.assign window.location.replace document.location.assign document.location.replace window.open',
    sinks: [sink('redirect')],
  },

  {
    of: ['mongoose', 'mongodb', 'monk', 'mongojs'],
    names:
      '.find .findOne .findOneAndUpdate .findOneAndDelete .findOneAndRemove .findOneAndReplace .deleteOne .deleteMany .remove .updateOne .updateMany .update .replaceOne .count .countDocuments .exists .where .match .distinct',
    sinks: [sink('filter')],
  },
  { of: ['mongoose', 'mongodb'], names: '.$where', sinks: [sink('code')] },
  { of: ['mongoose', 'mongodb'], names: '.mapReduce .group', sinks: [sink('code', [0, 1])] },

  { of: ['global'], names: 'eval Function window.eval globalThis.eval', sinks: [sink('code', 'all')] },
  { of: ['global'], names: 'setTimeout setInterval setImmediate', sinks: [sink('code')] },
  { of: ['global'], names: 'import require', sinks: [sink('code')] },
  {
    of: ['node:vm', 'vm'],
    names: 'runInNewContext runInThisContext runInContext compileFunction Script SourceTextModule default.runInNewContext',
    sinks: [sink('code')],
  },
  {
    of: ['vm2', 'isolated-vm', 'sandbox', 'safe-eval', 'notevil', 'static-eval', 'eval', 'expr-eval', 'require-from-string'],
    names: 'default VM.run NodeVM.run VMScript .run .runInContext .compileScript .compile',
    sinks: [sink('code')],
  },
  {
    of: ['node-serialize', 'serialize-to-js', 'funcster', 'cryo', 'serijs'],
    names: 'unserialize deserialize deepDeserialize parse default.unserialize',
    sinks: [sink('code')],
  },
  { of: ['js-yaml-legacy'], names: 'load', sinks: [sink('code')] },

  {
    of: [
      'ejs',
      'pug',
      'jade',
      'handlebars',
      'hbs',
      'mustache',
      'nunjucks',
      'eta',
      'dot',
      'hogan.js',
      'swig',
      'twig',
      'squirrelly',
      'underscore',
      'lodash',
      'lodash/template',
      'lodash.template',
      'art-template',
      'doT',
      'marko',
      'liquidjs',
      'velocityjs',
      'ect',
    ],
    names:
      'compile Compile render renderString template precompile parseAndRender twig default.compile default.render .renderString .render .compile .Compile .template',
    sinks: [sink('template')],
  },

  { of: ['global'], names: 'RegExp', sinks: [sink('pattern')] },
  { of: ['regexp'], names: 'matched', sinks: [sink('matched')] },

  { of: ['global'], names: 'console.log console.info console.warn console.error console.debug console.trace', sinks: [sink('log', 'all')] },

  { of: ['property'], names: 'nested merged', sinks: [sink('property', 'all')] },
  {
    of: [
      'lodash',
      'lodash-es',
      'lodash/merge',
      'lodash.merge',
      'lodash/defaultsDeep',
      'lodash.defaultsdeep',
      'merge-deep',
      'deep-extend',
      'merge',
      'merge-recursive',
      'defaults-deep',
      'deap',
      'node.extend',
      'extend',
      'hoek',
      '@hapi/hoek',
      'mixin-deep',
      'deepmerge-legacy',
      'object-path',
      'dot-prop',
      'dottie',
      'set-value',
      'assign-deep',
      'flat',
      'jquery',
    ],
    names: 'merge mergeWith defaultsDeep recursive default extend applyToDefaults unflatten',
    sinks: [sink('property', 'all')],
  },
  {
    of: ['lodash', 'lodash-es', 'lodash/set', 'lodash.set', 'object-path', 'dot-prop', 'dottie', 'set-value'],
    names: 'set setWith setProperty default',
    sinks: [sink('property', [1])],
  },

  {
    of: ['sequelize', 'knex', 'typeorm', 'drizzle-orm', '@prisma/client'],
    names: 'literal Sequelize.literal .whereRaw .orWhereRaw .havingRaw .orderByRaw .groupByRaw .joinRaw .fromRaw .selectRaw',
    sinks: [sink('sql')],
  },
  // The text of a filter in the language of PostgREST.
  { of: ['@supabase/supabase-js', '@supabase/ssr'], names: '.or', sinks: [sink('sql')] },
  {
    of: [
      '@pinecone-database/pinecone',
      'chromadb',
      '@qdrant/js-client-rest',
      'weaviate-client',
      '@upstash/vector',
      'vectordb',
      '@lancedb/lancedb',
    ],
    names: '.query .search .upsert .upsertRecords .add .searchRecords',
    sinks: [sink('retrieval')],
  },
  { of: ['any'], names: '.addDocuments', sinks: [sink('retrieval')] },
  { of: ['any'], names: '.similaritySearch .similaritySearchWithScore', sinks: [sink('retrieval', [2])] },
  {
    of: ['any'],
    names:
      '.find .findOne .findOneAndUpdate .findOneAndDelete .findOneAndRemove .countDocuments .updateOne .deleteOne .deleteMany .updateMany',
    sinks: [sink('filter')],
  },
  // Markup only where an option says so.
  { of: ['serialize-javascript'], names: 'default', sinks: [sink('html', [9])] },
  // A sandbox inside the same process: what it is handed is within reach of the code there, and the other way round.
  { of: ['node:vm', 'vm'], names: 'runInNewContext runInContext', sinks: [{ kind: 'code', at: [1], note: 'context' }] },
  { of: ['node:vm', 'vm'], names: 'createContext', sinks: [{ kind: 'code', at: [0], note: 'context' }] },
  { of: ['vm2'], names: 'VM NodeVM', sinks: [{ kind: 'code', at: [0], keys: ['sandbox'], note: 'context' }] },
  { of: ['bent'], names: 'default()', sinks: [sink('address')] },
  { of: ['axios', 'got', 'ky', 'undici'], names: 'Client extend()', sinks: [sink('address', [0], ['url', 'uri', 'baseURL'])] },
];
