import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Manifest } from '../manifest.ts';
import { extensionOf, languageOf } from '../language.ts';

export type Context = EvidenceValue<'secrets'>['secrets'][number]['context'];

/** Where a secret in this file would end up, by the file's place and its package. */
export function contextOf(path: string, owner: Manifest | null, head: string): Context {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const language = languageOf(path);
  if (
    /(^|[-_.])(example|sample|template|dist|tpl|skeleton|default)s?([-_.]|$)/i.test(name) &&
    (language === 'dotenv' || /env|config|settings|secrets|\.dist$/i.test(name))
  )
    return 'example';
  if (
    /(^|\/)tests?[-_.][^/]*$|(^|\/)(tests?|__tests__|specs?|e2e|__mocks__|mocks?|fixtures|__fixtures__|cypress|playwright|testing|stories)\/|\.(test|spec|stories|e2e|e2e-spec|mock|fixture)\.|^\.env\.test|\/\.env\.test/i.test(
      path,
    )
  )
    return 'test';
  // What test runners are told, and what runs before their tests.
  if (
    /^((vitest|jest|playwright|cypress|karma|wdio)([.-][\w-]+)*\.(config|setup|workspace)|setup-?tests?|(vitest|jest)[.-]setup)\.[cm]?[jt]sx?$/i.test(
      name,
    )
  )
    return 'test';
  // Certificates made for a developer's own machine.
  if (/(localhost|self-?signed|snakeoil|mkcert|(^|[/_.-])dev[_.-]).*\.(pem|key|crt)$/i.test(path)) return 'test';
  if (language === 'dotenv') return 'environment-file';
  if (/(^|\/)(examples?|samples?|demo)\//i.test(path)) return 'example';
  if (['markdown', 'text'].includes(language) || /(^|\/)docs?\//.test(path)) return 'documentation';
  if (/(^|\/)(public|wwwroot)\/|^(static|www)\//.test(path) || ['html', 'svelte', 'vue'].includes(language)) return 'client';
  if (
    ['json', 'yaml', 'toml', 'ini', 'dockerfile', 'terraform', 'xml', 'pem', 'shell'].includes(language) ||
    /^\.npmrc$|\.(properties|conf|cfg)$/.test(name)
  )
    return 'configuration';
  if (/^\s*(\/\*[\s\S]{0,400}?\*\/\s*|\/\/[^\n]*\s*)*["']use client["']/.test(head)) return 'client';
  return owner !== null && isBundled(path, owner) ? 'client' : 'source';
}

/** Code that a bundler puts into the page: the sources of a browser application beside no server of their own. */
function isBundled(path: string, { dir, dependencies }: Manifest): boolean {
  const inner = dir === '.' ? path : path.slice(dir.length + 1);
  if (/^(client|frontend|web|app\/javascript)\/.*\.[jt]sx?$/.test(inner)) return true;
  const all = { ...dependencies.runtime, ...dependencies.development };
  const servers = [
    'express',
    'fastify',
    'koa',
    'hono',
    '@nestjs/core',
    'next',
    'nuxt',
    '@remix-run/node',
    '@sveltejs/kit',
    'astro',
    '@react-router/dev',
    '@tanstack/react-start',
  ];
  if (!inner.startsWith('src/') || servers.some((name) => name in all))
    return extensionOf(path) === 'tsx' && 'react' in all && !('next' in all) && inner.startsWith('src/') && !/server/.test(inner);
  return ['vite', 'react-scripts', '@vue/cli-service', '@angular/core', 'parcel'].some((name) => name in all);
}
