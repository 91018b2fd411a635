import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contextOf } from '../code/program.testing.ts';
import routes from '../routes.ts';
import screens from '../screens.ts';

const tree: Readonly<Record<string, string>> = {
  'server/app.ts': `import express from 'express'; const app = express(); app.delete('/api/orders/:id', (_q, s) => s.end()); app.listen(1);`,
  'src/main.tsx': `import { createRoot } from 'react-dom/client';\nimport App from './App';\ncreateRoot(document.body).render(<App />);`,
  'src/App.tsx': `import { Tools } from './tools';\nimport { useAuth } from './auth';
export default function App() {
  const { user } = useAuth();
  return <div>{user.role === 'admin' && <Tools />}</div>;
}`,
  'src/tools/index.tsx': `export const Tools = () => <button onClick={() => fetch('/api/orders/' + 1, { method: 'DELETE' })}>x</button>;`,
  'src/auth.ts': `import { createContext, useContext } from 'react';\nconst Auth = createContext(null);\nexport const useAuth = () => useContext(Auth);`,
  'src/other.ts': 'export const other = 1;',
};

/** Each gives another text, adds a file that an import then leads to, or takes one away. */
const edits: readonly ((files: Record<string, string>) => void)[] = [
  (files) => void (files['src/App.tsx'] = files['src/App.tsx']?.replace(`user.role === 'admin' && `, '') ?? ''),
  (files) => void (files['src/App.tsx'] = files['src/App.tsx']?.replaceAll('admin', 'owner') ?? ''),
  (files) => void (files['src/tools.tsx'] = 'export const Tools = () => null;'),
  (files) => void delete files['src/tools/index.tsx'],
  (files) => void (files['src/auth.ts'] = 'export const useAuth = () => ({ user: { role: "admin" } });'),
  (files) => void (files['src/other.ts'] = 'export const other = 2;'),
  (files) => void (files['src/main.tsx'] = `${files['src/main.tsx']}\nfetch('/api/orders/2', { method: 'DELETE' });`),
  (files) => void (files['server/app.ts'] = `${files['server/app.ts']}\n// no more`),
];

let cache = '';
beforeEach(() => void (cache = mkdtempSync(join(tmpdir(), 'seaworthy-screens-'))));
afterEach(() => rmSync(cache, { recursive: true, force: true }));

async function told(files: Readonly<Record<string, string>>, cacheDir: string | null): Promise<string> {
  const context = contextOf(files, cacheDir);
  return JSON.stringify(await screens.run({ routes: await routes.run({} as never, context) } as never, context));
}

describe('what the screens offer', () => {
  it('is followed again only when something has changed that was looked at', async () => {
    // What is followed is written down again.
    const written = async (files: Readonly<Record<string, string>>): Promise<string> => {
      await told(files, cache);
      const [name] = readdirSync(cache).filter((one) => one.startsWith('screens-'));
      return readFileSync(join(cache, name ?? ''), 'latin1');
    };
    const first = await written(tree);
    expect(await written(tree)).toBe(first);
    expect(await written({ ...tree, 'src/other.ts': '', 'server/more.ts': '' })).toBe(first);
    expect(await written({ ...tree, 'src/tools/index.tsx': 'export const Tools = () => null;' })).not.toBe(first);
  });

  it('is what a fresh look gives, after any edits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...edits), { minLength: 1, maxLength: 4 }), async (list) => {
        const files = { ...tree };
        for (const edit of list) {
          edit(files);
          expect(await told(files, cache)).toBe(await told(files, null));
        }
      }),
      { numRuns: 30 },
    );
  });
});
