import { describe, expect, it } from 'vitest';
import { read } from '../program.testing.ts';
import { guarded, inputs } from './told.testing.ts';

describe('GraphQL that is declared in code', () => {
  it('reads classes of TypeGraphQL with what is asked before them', async () => {
    const program = await read({
      'auth.ts': `import { AuthChecker, MiddlewareFn } from 'type-graphql';
        export const authChecker: AuthChecker = ({ context }, roles) => { if (!context.user) return false; if (roles.length === 0) return true; return roles.includes(context.user.role); };
        export const signedIn: MiddlewareFn = async ({ context }, next) => { if (!context.user) throw new Error('no'); return next(); };
        export const loud: MiddlewareFn = async ({ info }, next) => { console.log(info.fieldName); return next(); };`,
      'posts.ts': `import { Resolver, Query, Mutation, Arg, Args, Ctx, Authorized, UseMiddleware, FieldResolver } from 'type-graphql'; import { signedIn, loud } from './auth';
        @Resolver(() => Post)
        export class PostResolver {
          @Query(() => [Post]) @UseMiddleware(loud) async posts(@Arg('first', { nullable: true }) first: number) { return []; }
          @Authorized() @Query(() => Post, { name: 'post' }) async one(@Arg('id') id: string) { return id; }
          @Authorized('ADMIN') @Mutation(() => Boolean) async ban(@Arg('user') user: string) { return true; }
          @UseMiddleware(signedIn) @Mutation(() => Boolean) async write(@Args() { title }: Written, @Ctx() ctx: Context) { return title; }
          @Mutation(() => Boolean) async remove(@Arg('id') id: string, @Ctx('user') user: User) { const post = await find(id); if (post.author !== user.id) throw new Error('not yours'); return true; }
          @FieldResolver() author() { return null; }
        }`,
      'app.ts': `import { ApolloServer } from '@apollo/server'; import { startStandaloneServer } from '@apollo/server/standalone'; import { buildSchema } from 'type-graphql'; import jwt from 'jsonwebtoken';
        import { PostResolver } from './posts'; import { authChecker } from './auth';
        const schema = await buildSchema({ resolvers: [PostResolver], authChecker }); const server = new ApolloServer({ schema });
        await startStandaloneServer(server, { context: async ({ req }) => ({ user: req.headers.authorization ? jwt.verify(req.headers.authorization, 'k') : null }) });`,
    });
    expect(guarded(program)).toEqual([
      'MUTATION /#ban: authentication+role(ADMIN)',
      'QUERY /#post: authentication',
      'QUERY /#posts: -',
      'MUTATION /#remove: ownership',
      'MUTATION /#write: authentication',
    ]);
    expect(inputs(program)).toContain('body.variables:object');
  });

  it('reads fields of Pothos with their scopes, as far as these ask anything', async () => {
    const program = await read({
      'builder.ts': `import SchemaBuilder from '@pothos/core'; import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
        export const builder = new SchemaBuilder<{ Context: { user: User } }>({ plugins: [ScopeAuthPlugin], scopeAuth: { authScopes: async (context) => ({
          public: true, signedIn: !!context.user, admin: context.user?.role === 'admin', may: (right) => context.user.rights.includes(right) }) } });`,
      'schema.ts': `import { builder } from './builder';
        builder.queryType({ fields: (t) => ({
          hello: t.string({ resolve: () => 'hi' }),
          me: t.field({ type: User, authScopes: { signedIn: true }, resolve: (root, args, ctx) => ctx.user }),
          open: t.field({ type: User, authScopes: { $any: { public: true, signedIn: true } }, resolve: (root, args, ctx) => null }),
        }) });
        builder.mutationField('ban', (t) => t.field({ type: 'Boolean', args: { user: t.arg.string({ required: true }) }, authScopes: { admin: true }, resolve: (root, { user }, ctx) => true }));
        builder.mutationFields((t) => ({
          write: t.withAuth({ signedIn: true }).prismaField({ type: 'Post', resolve: (query, root, args, ctx) => ctx.user.id }),
          export: t.field({ authScopes: { may: 'export' }, resolve: () => 1 }),
          own: t.field({ authScopes: (root, args, ctx) => ctx.user != null, resolve: () => 1 }),
        }));`,
      'app.ts': `import { createServer } from 'node:http'; import { createYoga } from 'graphql-yoga'; import { builder } from './builder'; import './schema';
        const yoga = createYoga({ schema: builder.toSchema(), context: async ({ request }) => ({ user: await userOf(request) }) }); createServer(yoga).listen(1);`,
    });
    expect(guarded(program)).toEqual([
      'MUTATION /graphql#ban: role(admin)',
      'MUTATION /graphql#export: other',
      'QUERY /graphql#hello: -',
      'QUERY /graphql#me: authentication',
      'QUERY /graphql#open: -',
      'MUTATION /graphql#own: authentication',
      'MUTATION /graphql#write: authentication',
    ]);
    expect(inputs(program)).toContain('body.variables:object');
  });

  it('takes the usual path where the server cannot be followed', async () => {
    const program = await read({
      'users.ts': `import { Resolver, Query, Authorized } from 'type-graphql'; @Resolver() export class Users { @Authorized() @Query(() => String) users() { return ''; } }`,
    });
    expect(guarded(program)).toEqual(['QUERY /graphql#users: authentication']);
  });
});
