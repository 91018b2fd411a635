import type { Resolve } from '../modules.ts';
import { isPythonPath } from './files.ts';

/** Modules of the language that a file of the application's own is easily named like; inside a package these are not shadowed. */
const standard =
  /^(abc|array|ast|asyncio|base64|calendar|cmd|code|collections|concurrent|copy|csv|datetime|decimal|email|enum|functools|glob|hashlib|hmac|html|http|inspect|io|itertools|json|logging|math|numbers|operator|os|pathlib|pickle|platform|queue|random|re|secrets|select|signal|site|socket|sqlite3|ssl|statistics|string|struct|subprocess|sys|tempfile|test|threading|time|token|types|typing|unittest|urllib|uuid|warnings|xml|zipfile)$/;

/** Resolves modules of Python on the list of files alone: relative ones, and absolute ones from every folder around the file on upwards. */
export function pythonModules(sources: ReadonlySet<string>): Resolve {
  const folders = new Set<string>();
  for (const path of sources) for (let at = dirOf(path); at !== '' && !folders.has(at); at = dirOf(at)) folders.add(at);
  const file = (base: string): string | null => {
    for (const candidate of [`${base}.py`, base === '' ? '__init__.py' : `${base}/__init__.py`])
      if (sources.has(candidate)) return candidate;
    return null;
  };
  const find = (from: string, specifier: string): ReturnType<Resolve> => {
    const [, dots = '', rest = ''] = /^(\.*)(.*)$/.exec(specifier) ?? [];
    const path = rest.replaceAll('.', '/');
    if (dots !== '') {
      let dir = dirOf(from);
      for (let up = 1; up < dots.length; up++) dir = dirOf(dir);
      const base = join(dir, path);
      return { file: file(base) ?? `?${base}` };
    }
    const [root = ''] = rest.split('.');
    const around: string[] = [];
    for (let dir = dirOf(from); ; dir = dirOf(dir)) {
      around.push(dir);
      if (dir === '') break;
    }
    const isPackage = (dir: string) => dir !== '' && sources.has(join(dir, '__init__.py'));
    const lookIn = (dir: string): ReturnType<Resolve> | null => {
      for (const base of [join(dir, path), join(dir, `src/${path}`)]) {
        const found = file(base);
        if (found !== null) return { file: found };
        if (folders.has(base)) return { file: `?${base}` };
      }
      return null;
    };
    // A package is not where modules are looked for, but for what is started inside of it.
    for (const dir of around.filter((one) => !isPackage(one))) {
      const found = lookIn(dir);
      if (found !== null) return found;
    }
    for (const dir of standard.test(root) ? [] : around.filter(isPackage)) {
      const found = lookIn(dir);
      // A module that is named like a package means the package.
      if (found !== null && !('file' in found && found.file === from)) return found;
    }
    return { package: `py:${rest}` };
  };
  const known = new Map<string, ReturnType<Resolve>>();
  return (from, specifier) => {
    const key = `${dirOf(from)}\0${specifier}`;
    const target = known.get(key) ?? find(from, specifier);
    known.set(key, target);
    return target;
  };
}

/** Resolves each file's modules by its own language. */
export function byLanguage(script: Resolve, python: Resolve): Resolve {
  return (from, specifier) => (isPythonPath(from) ? python : script)(from, specifier);
}

function dirOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function join(dir: string, path: string): string {
  return dir === '' ? path : path === '' ? dir : `${dir}/${path}`;
}
