import { describe, expect, it } from 'vitest';
import { read } from '../program.testing.ts';
import { fieldsOfSchema } from './schema-language.ts';
import { guarded, inputs } from './told.testing.ts';

describe('GraphQL', () => {
  it('reads resolvers of Apollo with the context and what stands before', async () => {
    const program = await read({
      'schema.js': `import gql from 'graphql-tag';
        export const typeDefs = gql\`
          # What anybody may ask.
          type Query { me: User, post(id: ID!): Post, posts(first: Int = 10, tags: [String!]): [Post!]! }
          type Mutation { removePost(id: ID!): Boolean!
            "bans" ban(user: ID!): User! forgotten: Int }
          type User { id: ID! name(upper: Boolean): String }
        \`;`,
      'resolvers.js': `import { GraphQLError } from 'graphql'; import { combineResolvers, skip } from 'graphql-resolvers';
        const signedIn = (parent, args, { user }) => { if (!user) throw new GraphQLError('no', { extensions: { code: 'UNAUTHENTICATED' } }); };
        const asAdmin = (resolve) => (parent, args, context) => { if (context.user.role !== 'admin') throw new GraphQLError('no', { extensions: { code: 'FORBIDDEN' } }); return resolve(parent, args, context); };
        export const resolvers = {
          Query: { me: (_, __, { user }) => user, post: async (_, { id }, { db }) => db.find(id), posts: () => [] },
          Mutation: {
            removePost: combineResolvers(signedIn, async (_, { id }, { user, db }) => { const post = await db.find(id); if (post.author !== user.id) throw new Error('not yours'); }),
            ban: asAdmin(async (_, { user }) => user),
          },
          User: { name: () => 'x' },
        };`,
      'app.js': `import express from 'express'; import { ApolloServer } from '@apollo/server'; import { expressMiddleware } from '@apollo/server/express4';
        import jwt from 'jsonwebtoken'; import { typeDefs } from './schema.js'; import { resolvers } from './resolvers.js';
        const app = express(); const server = new ApolloServer({ typeDefs, resolvers }); await server.start();
        app.use('/api/graphql', express.json(), expressMiddleware(server, { context: async ({ req }) => { try { return { user: jwt.verify(req.headers.authorization, 'k') }; } catch { return {}; } } }));
        app.listen(1);`,
    });
    expect(guarded(program)).toEqual([
      'MUTATION /api/graphql#ban: role(admin)',
      'MUTATION /api/graphql#forgotten: -',
      'QUERY /api/graphql#me: -',
      'QUERY /api/graphql#post: -',
      'QUERY /api/graphql#posts: -',
      'MUTATION /api/graphql#removePost: authentication, ownership',
    ]);
    expect(inputs(program).filter((one) => one.includes('variables'))).toHaveLength(4);
  });

  it('reads yoga, mercurius and a root value', async () => {
    const yoga = await read({
      'server.ts': `import { createServer } from 'node:http'; import { createYoga, createSchema } from 'graphql-yoga';
        const yoga = createYoga({ graphqlEndpoint: '/gql', schema: createSchema({ typeDefs: \`type Query { a: Int } type Subscription { ticks: Int }\`,
          resolvers: { Query: { a: (_, __, ctx) => { if (!ctx.user) throw new Error('no'); return 1; } }, Subscription: { ticks: { subscribe: async function* () {} } } } }) });
        createServer(yoga).listen(1);`,
    });
    expect(guarded(yoga)).toEqual(['QUERY /gql#a: authentication', 'SUBSCRIPTION /gql#ticks: -']);
    const mercurius = await read({
      'app.js': `import Fastify from 'fastify'; import mercurius from 'mercurius'; const app = Fastify();
        const schema = \`type Query { add(x: Int!, y: Int): Int }\`; app.register(mercurius, { schema, resolvers: { Query: { add: async (_, { x, y }) => x + y } } });`,
    });
    expect(guarded(mercurius)).toEqual(['QUERY /graphql#add: -']);
    const root = await read({
      'app.js': `import express from 'express'; import { graphqlHTTP } from 'express-graphql'; import { buildSchema } from 'graphql'; const app = express();
        const schema = buildSchema(\`type Query { hello: String } type Mutation { drop(id: ID!): Int }\`);
        const rootValue = { hello: () => 'x', drop: ({ id }, request) => { if (!request.user) throw new Error('no'); } };
        app.use('/graphql', graphqlHTTP({ schema, rootValue })); app.listen(1);`,
    });
    expect(guarded(root)).toEqual(['MUTATION /graphql#drop: authentication', 'QUERY /graphql#hello: -']);
  });

  it('knows the server that a file of Next hands requests to', async () => {
    const program = await read({
      'app/api/graphql/route.ts': `import { createYoga, createSchema } from 'graphql-yoga'; import type { NextRequest } from 'next/server';
        const { handleRequest } = createYoga({ graphqlEndpoint: '/api/graphql', schema: createSchema({ typeDefs: \`type Query { a: Int }\`, resolvers: { Query: { a: () => 1 } } }) });
        export { handleRequest as GET, handleRequest as POST };`,
      'pages/api/gql.ts': `import { ApolloServer } from '@apollo/server'; import { startServerAndCreateNextHandler } from '@as-integrations/next';
        const server = new ApolloServer({ typeDefs: 'type Query { b: Int }', resolvers: { Query: { b: (_, __, { user }) => { if (!user) throw new Error('no'); } } } });
        export default startServerAndCreateNextHandler(server, { context: async (req) => ({ user: await load(req) }) });`,
    });
    expect(guarded(program)).toEqual(['QUERY /api/gql#b: authentication', 'QUERY /api/graphql#a: -']);
  });

  it('reads the fields of root types and no others', () => {
    expect(fieldsOfSchema('extend type Query @x { "a: b" a(x: [Int!]!, y: String): [A] } type A { b: Int } input Q { c: Int }')).toEqual([
      {
        operation: 'Query',
        name: 'a',
        args: [
          { name: 'x', type: 'array', required: true },
          { name: 'y', type: 'string', required: false },
        ],
      },
    ]);
  });
});
