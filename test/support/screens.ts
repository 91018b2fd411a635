import screenLimits from '../../src/derive/screen-limits.ts';
import { produce } from '../../src/engine/produce.ts';
import type { EvidenceStore } from '../../src/engine/produce.ts';
import { contextOf } from '../../src/read/code/program.testing.ts';
import routes from '../../src/read/routes.ts';
import screens from '../../src/read/screens.ts';

const server = `import express from 'express';
const app = express();
app.get('/api/users', (_req, res) => res.json([]));
app.get('/api/orders', (_req, res) => res.json([]));
app.get('/api/orders/:id', (_req, res) => res.json({}));
app.delete('/api/orders/:id', (_req, res) => res.end());
app.listen(3000);`;

const main = `import { createRoot } from 'react-dom/client';
import App from './App';
createRoot(document.getElementById('root')).render(<App />);`;

/** For tests: the endpoints that screens of an application offer to certain roles only, as `METHOD /path: roles`. */
export async function limitsIn(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { limits } = await limitsOf(files);
  return limits.filter(({ others }) => !others).map(({ endpoint, shownTo }) => `${endpoint}: ${shownTo.join(', ')}`);
}

/** For tests: the same as the derivation gives it. */
export async function limitsOf(files: Readonly<Record<string, string>>) {
  const auth = `import { createContext, useContext } from 'react';\nconst AuthContext = createContext(null);\nexport const useAuth = () => useContext(AuthContext);`;
  const context = contextOf({ 'server/app.ts': server, 'src/main.tsx': main, 'src/auth.ts': auth, ...files });
  const store: EvidenceStore = new Map();
  for (const collector of [routes, screens]) store.set(collector.yields, await produce(collector, store, context));
  const give = { routes: store.get('routes'), screens: store.get('screens') };
  return (await screenLimits.run(give as never, undefined as never)).value;
}
