import type { SinkKind } from '../../model/evidence/flows.ts';

interface Sanitiser {
  readonly of: readonly string[];
  readonly names: string;
  /** The sinks at which its result can do no harm; `all` for what leaves nothing that acts. */
  readonly against: readonly SinkKind[] | 'all';
}

const markup: readonly SinkKind[] = ['html'];

/** What takes the sting out of text, and where. */
export const sanitisers: readonly Sanitiser[] = [
  {
    of: [
      'dompurify',
      'isomorphic-dompurify',
      'xss',
      'sanitize-html',
      'insane',
      'rehype-sanitize',
      '@types/dompurify',
      'striptags',
      'xss-filters',
      'sanitizer',
    ],
    names:
      'default sanitize default.sanitize filterXSS inHTMLData sanitizeHtml FilterXSS.process DOMPurify.sanitize .sanitize .process .inHTMLData .inDoubleQuotedAttr',
    against: markup,
  },
  {
    of: [
      'escape-html',
      'html-escaper',
      'he',
      'html-entities',
      'entities',
      'lodash',
      'lodash-es',
      'lodash/escape',
      'lodash.escape',
      'underscore',
      'escape-goat',
      'node-html-encoder',
    ],
    names: 'default escape encode escapeHTML escapeHtml encodeXML htmlEscape default.escape default.encode escapeUTF8',
    against: markup,
  },
  { of: ['validator'], names: 'escape default.escape', against: markup },
  {
    of: ['handlebars', 'mustache', 'ejs', 'pug'],
    names: 'escape escapeExpression Utils.escapeExpression escapeXML default.escape',
    against: markup,
  },
  {
    of: ['global'],
    names: 'encodeURIComponent encodeURI escape',
    against: ['html', 'address', 'file', 'log', 'redirect', 'filter', 'property'],
  },
  { of: ['global'], names: 'CSS.escape', against: markup },
  { of: ['node:querystring', 'querystring'], names: 'escape stringify', against: ['html', 'address', 'file', 'log', 'redirect', 'filter'] },
  { of: ['qs', 'query-string'], names: 'stringify default.stringify', against: ['html', 'address', 'file', 'log', 'redirect', 'filter'] },
  { of: ['node:path', 'path'], names: 'basename posix.basename win32.basename', against: ['file', 'upload-name', 'log'] },
  {
    of: ['sanitize-filename', 'filenamify', 'slugify', '@sindresorhus/slugify', 'slug', 'sanitize-basename'],
    names: 'default slugify',
    against: ['file', 'upload-name', 'command', 'program', 'html', 'address', 'redirect', 'log', 'filter', 'code', 'pattern'],
  },
  {
    of: ['shell-quote', 'shell-escape', 'shescape', 'any-shell-escape', '@babel/shell-quote'],
    names: 'quote default default.quote .quote .escape .quoteAll',
    against: ['command', 'program'],
  },
  {
    of: [
      'lodash',
      'lodash-es',
      'escape-string-regexp',
      'lodash.escaperegexp',
      'lodash/escapeRegExp',
      'escape-regexp',
      'regex-escape',
      'regexp.escape',
    ],
    names: 'escapeRegExp default escapeStringRegexp',
    against: ['pattern'],
  },
  { of: ['global'], names: 'RegExp.escape', against: ['pattern'] },
  { of: ['mongo-sanitize', 'express-mongo-sanitize', 'mongoose'], names: 'default sanitize sanitizeFilter', against: ['filter'] },
  { of: ['global'], names: 'JSON.stringify', against: ['log', 'filter'] },
  { of: ['global'], names: 'String Number.prototype.toString', against: ['filter'] },
  { of: ['node:util', 'util'], names: 'inspect format.json', against: ['log'] },
  {
    of: ['node:crypto'],
    names: 'createHash createHmac createHash.update createHmac.update createHash.update.digest createHmac.update.digest randomUUID',
    against: 'all',
  },
  {
    of: ['uuid', 'nanoid', 'ulid', '@paralleldrive/cuid2', 'bcrypt', 'bcryptjs', 'argon2'],
    names: 'default v4 v5 nanoid hash hashSync validate',
    against: 'all',
  },
  { of: ['validator'], names: 'toInt toFloat toBoolean toDate default.toInt', against: 'all' },
  { of: ['mongoose', 'mongodb', 'bson'], names: 'Types.ObjectId ObjectId Types.ObjectId.createFromHexString ObjectID', against: 'all' },
  { of: ['dayjs', 'moment', 'date-fns', 'luxon'], names: 'default parseISO parse', against: 'all' },
];

/** What gives the text of its arguments on, however changed. */
export const carriers: readonly { readonly of: readonly string[]; readonly names: string }[] = [
  {
    of: ['lodash', 'lodash-es', 'underscore', 'ramda'],
    names:
      'trim trimStart trimEnd toString toLower toUpper camelCase capitalize replace split join concat compact uniq flatten cloneDeep clone pick omit get identity castArray pickBy omitBy defaults assign assignIn mapValues values head first last map filter',
  },
  { of: ['node:path', 'path'], names: 'normalize join resolve posix.join posix.resolve posix.normalize dirname format' },
  { of: ['node:url', 'url'], names: 'format resolve fileURLToPath pathToFileURL' },
  { of: ['node:util', 'util'], names: 'format' },
  { of: ['node:querystring', 'querystring'], names: 'unescape' },
  { of: ['global'], names: 'decodeURI unescape atob btoa Object.fromEntries Array.of String.raw Object.create' },
  {
    of: ['marked', 'markdown-it', 'showdown', 'remarkable', 'snarkdown', 'micromark', 'markdown'],
    names: 'default marked parse marked.parse parseInline .render .makeHtml micromark toHTML',
  },
  { of: ['js-yaml', 'yaml', 'json5', 'qs', 'xml2js', 'fast-xml-parser'], names: 'load parse default.load default.parse' },
  {
    of: ['dedent', 'common-tags', 'outdent', 'string-template', 'sprintf-js', 'util'],
    names: 'default sprintf vsprintf stripIndent oneLine',
  },
];
