import { describe, expect, it } from 'vitest';
import { guarded, inputs, nextApplication as next } from './told.testing.ts';

describe('server actions', () => {
  it('all that a file exports, and functions inside', async () => {
    const program = await next({
      'app/actions.ts': `'use server';\nimport { auth } from './auth'; const inner = () => 1;
        export async function save(id: string, data: FormData) { const session = await auth(); if (!session) throw new Error('no'); return [id, data.get('title'), inner()]; }
        export const remove = async (id) => { return id; };`,
      'app/auth.ts': `import NextAuth from 'next-auth'; export const { auth } = NextAuth({ providers: [] });`,
      'app/page.tsx': `export default function Page() { async function send(formData) { 'use server'; return formData.get('mail'); }
        return <form action={send}><button formAction={async () => { 'use server'; }}>x</button></form>; }`,
    });
    expect(guarded(program)).toEqual([
      'ACTION app/actions#remove: -',
      'ACTION app/actions#save: authentication',
      'ACTION app/page#inline: -',
      'ACTION app/page#send: -',
    ]);
    expect(inputs(program)).toEqual(['body.id:unknown', 'body.id:unknown', 'body.title:unknown', 'body.mail:unknown']);
  });

  it('wrapped, by the application and by a client of next-safe-action', async () => {
    const program = await next({
      'lib/safe.ts': `import { createSafeActionClient } from 'next-safe-action'; import { getServerSession } from 'next-auth';
        export const client = createSafeActionClient();
        export const userClient = client.use(async ({ next }) => { const session = await getServerSession(); if (!session) throw new Error('no'); return next({ ctx: { user: session.user } }); });
        export const withUser = (action) => async (state, formData) => { const session = await getServerSession(); if (!session) return { error: 'no' }; return action(formData, session.user); };`,
      'app/actions.ts': `'use server'; import { z } from 'zod'; import { client, userClient, withUser } from '../lib/safe';
        export const open = client.schema(z.object({ mail: z.string() })).action(async ({ parsedInput }) => parsedInput.mail);
        export const kept = userClient.inputSchema(z.object({ title: z.string() })).action(async ({ parsedInput: { title }, ctx }) => [title, ctx.user.id]);
        export const own = withUser(async (formData, user) => formData.get('name'));`,
    });
    expect(guarded(program)).toEqual([
      'ACTION app/actions#kept: authentication',
      'ACTION app/actions#open: -',
      'ACTION app/actions#own: authentication',
    ]);
    expect(inputs(program)).toEqual(['body.title:string!', 'body.mail:string!', 'body.name:unknown', 'body.state:unknown']);
    expect(program.routes.map(({ validated }) => validated)).toEqual([true, true, false]);
  });
});
