import { builtinModules } from 'node:module';

const builtins = new Set([...builtinModules.map((name) => name.split('/')[0] ?? name), 'bun', 'deno', 'electron']);

/**
 * The package that a specifier asks for by its shape alone: null for relative and absolute paths, builtins, URLs and other
 * schemes, private names that bundlers and frameworks make up, and everything that npm would not take as a name.
 */
export function packageNameOf(specifier: string): string | null {
  // Loaders and queries of bundlers: `raw-loader!./x`, `./x?url`.
  const bare = specifier.split(/[?!]/)[0] ?? '';
  if (/^[./\\~#$]/.test(bare) || bare.startsWith('@/') || /^[a-z][a-z0-9+.-]*:/i.test(bare)) return null;
  const name = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*/i.exec(bare)?.[0];
  if (name === undefined || (name !== bare && bare[name.length] !== '/') || name.length > 214) return null;
  return !name.startsWith('@') && builtins.has(name) ? null : name;
}
