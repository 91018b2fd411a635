import { describe, expect, it } from 'vitest';
import { limitsIn, limitsOf } from './support/screens.ts';

/** Imports that the screens of these tests use, and what they render into. */
const imports = `import { useState, useEffect, lazy } from 'react';
import { useQuery, useMutation } from '@tanstack/react-query';
import { Routes, Route, Navigate, Outlet, useNavigate } from 'react-router-dom';
import { useAuth } from './auth';
`;

/** A page that is all of the application; `body` is what it shows. */
function page(body: string, before = ''): string {
  return `${imports}
export default function App() {
  const { user, isAdmin, hasRole } = useAuth();
  const navigate = useNavigate();
  const remove = () => fetch('/api/orders/' + 1, { method: 'DELETE' });
  ${before}
  ${body}
}`;
}

const button = '<button onClick={remove}>Delete</button>';
/** The delete button is all that these screens offer. */
const onlyAdmin = ['DELETE /api/orders/:id: admin'];

describe('what hides a button', () => {
  it.each([
    ['a comparison', `return <div>{user.role === 'admin' && ${button}}</div>;`],
    ['a comparison the other way round', `return <div>{'admin' === user?.role && ${button}}</div>;`],
    ['a ternary', `return user.role === 'admin' ? ${button} : <p>No</p>;`],
    ['a ternary that says no first', `return user.role !== 'admin' ? null : ${button};`],
    ['an early return', `if (user.role !== 'admin') return null; return ${button};`],
    ['an early return of a redirect', `if (!user || user.role !== 'admin') { return <Navigate to="/" />; } return ${button};`],
    ['a list of roles', `return <div>{['admin'].includes(user.role) && ${button}}</div>;`],
    ['a constant', `const can = user.role === 'admin'; return <div>{can && ${button}}</div>;`],
    [
      'a constant from the outside',
      `return <div>{user.role === ROLES.ADMIN && ${button}}</div>;`,
      `const ROLES = { ADMIN: 'admin', USER: 'user' } as const;`,
    ],
    ['a button that is off', `return <button disabled={user.role !== 'admin'} onClick={remove}>Delete</button>;`],
    ['a question of the session', `return <div>{hasRole('admin') && ${button}}</div>;`],
    ['another case', `return <div>{user.role.toLowerCase() === 'admin' && ${button}}</div>;`],
    ['a test in the handler', `return <button onClick={() => { if (user.role !== 'admin') return; remove(); }}>Delete</button>;`],
    ['an effect that sends away', `useEffect(() => { if (user.role !== 'admin') navigate('/'); }, [user]); return ${button};`],
    [
      'a table of rights',
      `const rights = { admin: { del: true }, user: { del: false } }[user.role]; return <div>{rights?.del && ${button}}</div>;`,
    ],
    ['a level', `const level = { admin: 3, user: 1 }[user.role] ?? 0; return <div>{level >= 2 && ${button}}</div>;`],
    ['a switch', `switch (user.role) { case 'admin': return ${button}; default: return null; }`],
    ['an element kept in a variable', `const tools = user.role === 'admin' ? ${button} : null; return <div>{tools}</div>;`],
    ['both conditions', `const [open] = useState(false); return <div>{open && user.role === 'admin' && ${button}}</div>;`],
    ['a role that the browser remembers', `const role = localStorage.getItem('role'); return <div>{role === 'admin' && ${button}}</div>;`],
  ])('%s', async (_name, body, before = '') => {
    expect(await limitsIn({ 'src/App.tsx': page(body, before) })).toEqual(onlyAdmin);
  });

  it('is a yes-or-no property of the viewer', async () => {
    expect(await limitsIn({ 'src/App.tsx': page(`return <div>{isAdmin && ${button}}</div>;`) })).toEqual(onlyAdmin);
    expect(await limitsIn({ 'src/App.tsx': page(`return <div>{user?.isAdmin && ${button}}</div>;`) })).toEqual(onlyAdmin);
  });
});

describe('what hides nothing', () => {
  it.each([
    ['no condition', `return ${button};`],
    [
      'a condition of ownership',
      `const order = useQuery({ queryKey: ['/api/orders/1'] }).data; return <div>{order.userId === user.id && ${button}}</div>;`,
    ],
    ['a flag of the feature', `const { deleting } = useFlags(); return <div>{deleting && ${button}}</div>;`],
    ['loading', `const { isLoading } = useQuery({ queryKey: ['/api/orders'] }); return isLoading ? null : ${button};`],
    [
      'the role of somebody else',
      `const { data: users } = useQuery({ queryKey: ['/api/users'] }); return users.map((one) => one.role === 'admin' && ${button});`,
    ],
    ['another button elsewhere', `return <div>{user.role === 'admin' && ${button}}<a onClick={() => remove()}>x</a></div>;`],
    ['every role named', `return <div>{user.role === 'admin' ? ${button} : ${button}}</div>;`],
    ['a role or anything else', `const [open] = useState(false); return <div>{(open || user.role === 'admin') && ${button}}</div>;`],
    ['a word that is shown', `return <div>{user.role === 'admin' && <b>Admin</b>}${button}</div>;`],
    ['a handler that is sent away', `return <button onClick={() => { remove(); navigate('/'); }}>x</button>;`],
    [
      'a role that a list is searched for',
      `const rows = [].filter((row) => row.role === user.role); return <div>{rows.length > 0 && ${button}}</div>;`,
    ],
    ['an unknown question', `const { can } = usePermissions(); return <div>{can('delete', 'Order') && ${button}}</div>;`],
    ['a link to the page alone', `return <div>{user.role === 'admin' && <a href="/admin">Admin</a>}${button}</div>;`],
    ['a role looked up by a variable', `const wanted = useWanted(); return <div>{user.role === wanted && ${button}}</div>;`],
    ['an address that is handed on', `return <div>{user.role === 'admin' && ${button}}<Remover url="/api/orders/1" /></div>;`],
    [
      'a list that grows under the condition',
      `const tabs = []; if (user.role !== 'admin') { tabs.push('mine'); } return <div>{tabs}${button}</div>;`,
    ],
    ['a user who was looked up', `const { data: profile } = useUser(window.id); return <div>{profile.isAdmin && ${button}}</div>;`],
    [
      'a profile among queries',
      `const { id } = useParams(); const { data } = useQuery({ queryKey: ['/api/users', id, 'profile'] }); return <div>{data.role === 'admin' && ${button}}</div>;`,
    ],
    ['two on one line', `return <div>{user.role === 'admin' && ${button}}{fetch('/api/orders/2', { method: 'DELETE' })}</div>;`],
    [
      'an address with a hole',
      `const kind = useKind(); const other = () => fetch(\`/api/\${kind}/1\`, { method: 'DELETE' }); return <div>{user.role === 'admin' && ${button}}<i onClick={other} /></div>;`,
    ],
  ])('%s', async (_name, body) => {
    expect(await limitsIn({ 'src/App.tsx': page(body) })).toEqual([]);
  });
});

describe('across components', () => {
  const list = `${imports}export function Orders({ canDelete, onRemove }) { return <div>{canDelete && <button onClick={onRemove}>x</button>}</div>; }`;

  it('a property decides', async () => {
    const app = (given: string) =>
      `import { Orders } from './Orders';\n${page(`return <Orders canDelete={${given}} onRemove={remove} />;`)}`;
    expect(await limitsIn({ 'src/App.tsx': app(`user.role === 'admin'`), 'src/Orders.tsx': list })).toEqual(onlyAdmin);
    expect(await limitsIn({ 'src/App.tsx': app('true'), 'src/Orders.tsx': list })).toEqual([]);
  });

  it('a component that only others render under a condition', async () => {
    const tools = `${imports}export const Tools = () => { const del = useMutation({ mutationFn: () => fetch('/api/orders/1', { method: 'DELETE' }) }); return <i onClick={() => del.mutate()} />; };`;
    const panel = `import { Tools } from './Tools'; export const Panel = () => <section><Tools /></section>;`;
    const app = (shown: string) =>
      `import { Panel } from './Panel'; import { useAuth } from './auth'; export default function App() { const { user } = useAuth(); return <div>${shown}</div>; }`;
    expect(
      await limitsIn({ 'src/App.tsx': app(`{user.role === 'admin' && <Panel />}`), 'src/Panel.tsx': panel, 'src/Tools.tsx': tools }),
    ).toEqual(onlyAdmin);
    expect(await limitsIn({ 'src/App.tsx': app('<Panel />'), 'src/Panel.tsx': panel, 'src/Tools.tsx': tools })).toEqual([]);
  });

  it('a hook of its own', async () => {
    const hook = `${imports}export function useOrders() { const { user } = useAuth(); const remove = async () => { await fetch('/api/orders/1', { method: 'DELETE' }); }; return { remove, mayRemove: user.role === 'admin' }; }`;
    const app = (shown: string) =>
      `import { useOrders } from './orders';\nexport default function App() { const { remove, mayRemove } = useOrders(); return <div>${shown}</div>; }`;
    expect(await limitsIn({ 'src/App.tsx': app(`{mayRemove && ${button}}`), 'src/orders.ts': hook })).toEqual(onlyAdmin);
    expect(await limitsIn({ 'src/App.tsx': app(button), 'src/orders.ts': hook })).toEqual([]);
  });
});

describe('guarded routes', () => {
  const admin = `export default function Admin() { return <button onClick={() => fetch('/api/orders/1', { method: 'DELETE' })}>x</button>; }`;
  const app = (guard: string, routes: string) => `${imports}
import Admin from './Admin';
${guard}
export default function App() { return <Routes>${routes}</Routes>; }`;
  const roleGuard = `function RequireRole({ role, children }) { const { user } = useAuth(); if (!user) return <Navigate to="/login" />; return user.role === role ? children : <Navigate to="/" />; }`;
  const outletGuard = `function RequireRole({ roles }) { const { user } = useAuth(); return roles.includes(user.role) ? <Outlet /> : <Navigate to="/" />; }`;
  const componentGuard = `function ProtectedRoute({ component: Component, adminOnly = false }) { const { user } = useAuth(); if (adminOnly && user.role !== 'admin') return <Navigate to="/" />; return <Component />; }`;
  const loggedIn = `function RequireUser({ children }) { const { user } = useAuth(); return user ? children : <Navigate to="/login" />; }`;

  it.each([
    ['around the page', roleGuard, `<Route path="/admin" element={<RequireRole role="admin"><Admin /></RequireRole>} />`, onlyAdmin],
    ['around nobody', roleGuard, `<Route path="/admin" element={<Admin />} />`, []],
    [
      'of a branch',
      outletGuard,
      `<Route element={<RequireRole roles={['admin']} />}><Route path="/admin" element={<Admin />} /></Route>`,
      onlyAdmin,
    ],
    [
      'beside the branch',
      outletGuard,
      `<Route element={<RequireRole roles={['admin']} />} /><Route path="/admin" element={<Admin />} />`,
      [],
    ],
    ['by a property', componentGuard, `<Route path="/admin"><ProtectedRoute component={Admin} adminOnly /></Route>`, onlyAdmin],
    ['without the property', componentGuard, `<Route path="/admin"><ProtectedRoute component={Admin} /></Route>`, []],
    ['for whoever is signed in', loggedIn, `<Route path="/admin" element={<RequireUser><Admin /></RequireUser>} />`, []],
  ])('a guard %s', async (_name, guard, routes, limits) => {
    expect(await limitsIn({ 'src/App.tsx': app(guard, routes), 'src/Admin.tsx': admin })).toEqual(limits);
  });

  it('follows pages that are loaded late, and a wrapper of components', async () => {
    const late = `${imports}const Admin = lazy(() => import('./Admin'));
export default function App() { const { user } = useAuth(); return user.role === 'admin' ? <Admin /> : null; }`;
    expect(await limitsIn({ 'src/App.tsx': late, 'src/Admin.tsx': admin })).toEqual(onlyAdmin);
    const wrapper = `export const withRole = (Component, role) => function Guarded(props) { const { user } = useAuth(); return user.role === role ? <Component {...props} /> : null; };
import { useAuth } from './auth';`;
    const wrapped = (role: string) =>
      `import { withRole } from './withRole'; import Admin from './Admin'; const Page = withRole(Admin, ${role}); export default function App() { return <Page />; }`;
    expect(await limitsIn({ 'src/App.tsx': wrapped(`'admin'`), 'src/withRole.tsx': wrapper, 'src/Admin.tsx': admin })).toEqual(onlyAdmin);
  });
});

describe('what is said of it', () => {
  it('names the component, the line and the condition', async () => {
    const files = { 'src/App.tsx': page(`const can = user.role === 'admin'; return <div>{can && ${button}}</div>;`) };
    const { limits } = await limitsOf(files);
    expect(limits[0]?.offers[0]).toMatchObject({
      component: 'App',
      conditions: [{ text: `can (user.role === 'admin')`, component: 'App' }],
    });
  });

  it('says nothing of requests that no screen was seen to reach', async () => {
    const stray = `export const remover = { run: () => fetch('/api/orders/1', { method: 'DELETE' }) };`;
    expect(
      await limitsIn({ 'src/App.tsx': page(`return <div>{user.role === 'admin' && ${button}}</div>;`), 'src/stray.ts': stray }),
    ).toEqual([]);
  });
});
