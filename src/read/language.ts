const byExtension: Readonly<Record<string, string>> = {
  js: 'javascript',
  cjs: 'javascript',
  mjs: 'javascript',
  jsx: 'javascript',
  ts: 'typescript',
  cts: 'typescript',
  mts: 'typescript',
  tsx: 'typescript',
  vue: 'vue',
  svelte: 'svelte',
  astro: 'astro',
  html: 'html',
  htm: 'html',
  ejs: 'html',
  hbs: 'html',
  pug: 'html',
  css: 'css',
  scss: 'css',
  sass: 'css',
  less: 'css',
  json: 'json',
  jsonc: 'json',
  json5: 'json',
  yml: 'yaml',
  yaml: 'yaml',
  toml: 'toml',
  ini: 'ini',
  env: 'dotenv',
  sql: 'sql',
  prisma: 'prisma',
  graphql: 'graphql',
  gql: 'graphql',
  proto: 'protobuf',
  md: 'markdown',
  mdx: 'markdown',
  txt: 'text',
  rst: 'text',
  sh: 'shell',
  bash: 'shell',
  zsh: 'shell',
  ps1: 'shell',
  tf: 'terraform',
  tfvars: 'terraform',
  py: 'python',
  rb: 'ruby',
  go: 'go',
  rs: 'rust',
  java: 'java',
  kt: 'kotlin',
  cs: 'c-sharp',
  php: 'php',
  swift: 'swift',
  dart: 'dart',
  c: 'c',
  h: 'c',
  cc: 'c++',
  cpp: 'c++',
  hpp: 'c++',
  lua: 'lua',
  ex: 'elixir',
  exs: 'elixir',
  scala: 'scala',
  xml: 'xml',
  svg: 'xml',
  pem: 'pem',
  key: 'pem',
  lock: 'lockfile',
};

/** Extensions whose content is no text that a person wrote. */
const media = new Set(
  `png jpg jpeg gif webp avif ico bmp tif tiff psd mp3 mp4 m4a wav ogg webm mov avi flac woff woff2 ttf otf eot pdf zip gz tgz
   bz2 xz 7z rar tar jar war wasm node so dll dylib exe bin dat db sqlite sqlite3 parquet pyc class o a lockb docx xlsx pptx`.split(/\s+/),
);

export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return name.slice(name.lastIndexOf('.') + 1);
}

export function isMedia(path: string): boolean {
  return media.has(extensionOf(path));
}

/** The language of a file by its name alone. */
export function languageOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (/^\.env(\.|$)/.test(name)) return 'dotenv';
  if (/^(.*\.)?dockerfile(\..*)?$/.test(name)) return 'dockerfile';
  if (name === 'makefile') return 'makefile';
  return byExtension[extensionOf(name)] ?? (isMedia(name) ? 'binary' : 'other');
}

/** True for a file that holds NUL bytes at its start, which no text does; the test that git uses too. */
function isBinary(content: Buffer): boolean {
  return content.subarray(0, 8000).includes(0);
}

/** The text of a file: UTF-8, or UTF-16 where its mark says so (editors on Windows write it); null for anything binary. */
export function textOf(content: Buffer): string | null {
  const utf16 = markOf(content);
  if (utf16 !== null) return new TextDecoder(utf16).decode(content);
  return isBinary(content) ? null : content.toString('utf8');
}

/** The same bytes, those of a file in UTF-16 as UTF-8. */
export function utf8Of(content: Buffer): Buffer {
  return markOf(content) === null ? content : Buffer.from(textOf(content) ?? '');
}

function markOf(content: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (content[0] === 0xff && content[1] === 0xfe) return 'utf-16le';
  return content[0] === 0xfe && content[1] === 0xff ? 'utf-16be' : null;
}
