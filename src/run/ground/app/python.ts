import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from './text.ts';

/** Packages that a Python app names in its requirements, pyproject.toml or Pipfile, in lower case; empty when it is none. */
export function pythonPackages(dir: string): ReadonlySet<string> {
  const names = new Set<string>();
  if (!existsSync(dir)) return names;
  for (const file of readdirSync(dir)) {
    const lists = /^requirements[\w.-]*\.txt$/.test(file) ? /^([A-Za-z][\w.-]*)/gm : null;
    const tables = file === 'pyproject.toml' || file === 'Pipfile' ? /^\s*["']?([A-Za-z][\w.-]*)(?=["'[<>=~! ;])/gm : null;
    const pattern = lists ?? tables;
    if (pattern === null) continue;
    for (const [, name = ''] of (readText(join(dir, file)) ?? '').matchAll(pattern)) names.add(name.toLowerCase());
  }
  return names;
}

/** A framework of Python: in which files an application of it is made, and how one is served on `$PORT`. */
interface PythonFramework {
  readonly name: string;
  readonly files: readonly string[];
  /** What makes the application; its first group is the name that it has in the file. */
  readonly makes: RegExp;
  /** `sh` text; `module` as Python imports it. */
  readonly serve: (module: string, name: string) => string;
}

const modules = ['main.py', 'app.py', 'wsgi.py', 'asgi.py', 'run.py', 'server.py', 'application.py', 'api.py'];
const places = ['', 'app/', 'src/', 'api/', 'backend/', 'server/'].flatMap((folder) => modules.map((file) => folder + file));

/** First match wins. */
const frameworks: readonly PythonFramework[] = [
  {
    name: 'Django',
    files: ['manage.py'],
    makes: /execute_from_command_line/,
    serve: () => 'exec python3 manage.py runserver --noreload "127.0.0.1:$PORT"',
  },
  {
    name: 'FastAPI',
    files: places,
    makes: /^(\w+)\s*(?::\s*\w+\s*)?=\s*FastAPI\(/m,
    serve: (module, name) => `exec python3 -m uvicorn ${module}:${name} --host 127.0.0.1 --port "$PORT"`,
  },
  {
    name: 'Flask',
    files: places,
    makes: /^(\w+)\s*(?::\s*\w+\s*)?=\s*(?:Flask|create_app)\(|^def (create_app)\(/m,
    serve: (module, name) =>
      `exec python3 -m flask --app ${name === '' ? module : `${module}:${name}`} run --host 127.0.0.1 --port "$PORT"`,
  },
];

/** How a Python app is served, for one that does not say it in a Procfile; null when it is none that is known. */
export function pythonStart(dir: string): { framework: string; start: string; command: string } | null {
  for (const { name, files, makes, serve } of frameworks) {
    for (const file of files) {
      const found = makes.exec(readText(join(dir, file)) ?? '');
      if (!found) continue;
      const command = serve(file.replace(/\.py$/, '').replaceAll('/', '.'), found.slice(1).find((each) => each !== undefined) ?? '');
      return { framework: name, start: command.replace(/^exec /, ''), command };
    }
  }
  return null;
}
