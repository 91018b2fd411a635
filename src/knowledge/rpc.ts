import { all, library } from './types.ts';
import type { Library } from './types.ts';

/** tRPC: routers, procedures, and what hands them to a server. */
const trpc = library(
  ['@trpc/server'],
  {
    TRPCError: { means: 'http-error' },
    lazy: { means: 'trpc-lazy', result: 'argument' },
    mergeRouters: { means: 'trpc-merge' },
    'Root.router': { means: 'trpc-router' },
    'Root.mergeRouters': { means: 'trpc-merge' },
    'Root.middleware': { means: 'trpc-middleware' },
    'Root.createCallerFactory': { means: 'trpc-caller' },
  },
  {
    ...all('trpc-root', 'create'),
    ...all('trpc-step', 'use input output meta concat unstable_concat'),
    ...all('trpc-procedure', 'query mutation subscription'),
  },
);
const served = (names: readonly string[], exported: string) => library(names, all('trpc-serve', exported));

/** GraphQL: schemas, servers, and what hands these to a router. */
const graphql = [
  library(['graphql'], {
    buildSchema: { means: 'graphql-schema' },
    GraphQLError: { means: 'http-error' },
    graphql: { means: 'graphql-run' },
  }),
  library(['@graphql-tools/schema', 'graphql-tools', '@graphql-tools/load'], all('graphql-schema', 'makeExecutableSchema')),
  library(['@graphql-tools/merge'], all('graphql-merge', 'mergeResolvers mergeTypeDefs')),
  library(['graphql-resolvers'], { combineResolvers: { means: 'graphql-combine' } }),
  library(['graphql-yoga'], {
    createSchema: { means: 'graphql-schema' },
    ...all('graphql-server', 'createYoga createServer GraphQLServer'),
  }),
  library(
    [
      '@apollo/server',
      'apollo-server',
      'apollo-server-express',
      'apollo-server-fastify',
      'apollo-server-koa',
      'apollo-server-micro',
      'apollo-server-core',
    ],
    {
      ApolloServer: { means: 'graphql-server' },
      makeExecutableSchema: { means: 'graphql-schema' },
      AuthenticationError: { means: 'http-error:401' },
      ForbiddenError: { means: 'http-error:403' },
      UserInputError: { means: 'http-error:400' },
    },
    all('graphql-apply', 'applyMiddleware'),
  ),
  library(['@apollo/server/express4', '@as-integrations/express5', '@as-integrations/express4'], all('graphql-serve', 'expressMiddleware')),
  library(['@as-integrations/next'], all('graphql-serve', 'startServerAndCreateNextHandler')),
  library(['@as-integrations/koa'], all('graphql-serve', 'koaMiddleware')),
  library(['@as-integrations/fastify'], all('graphql-serve', 'fastifyApolloHandler')),
  library(['@apollo/server/standalone'], all('graphql-serve', 'startStandaloneServer')),
  library(['express-graphql'], all('graphql-server', 'graphqlHTTP default')),
  library(
    ['graphql-http/lib/use/express', 'graphql-http/lib/use/fetch', 'graphql-http/lib/use/http', 'graphql-http/lib/use/fastify'],
    all('graphql-server', 'createHandler'),
  ),
  library(['@hono/graphql-server'], all('graphql-server', 'graphqlServer')),
  library(['type-graphql'], { ...all('graphql-schema', 'buildSchema buildSchemaSync'), Authorized: { means: 'guard:authentication' } }),
  library(['@pothos/core'], {
    default: { means: 'graphql-builder', returns: 'Builder' },
    'Builder.toSchema': { means: 'graphql-schema' },
    ...all(
      'graphql-field',
      `Builder.queryType Builder.queryField Builder.queryFields Builder.mutationType Builder.mutationField Builder.mutationFields
       Builder.subscriptionType Builder.subscriptionField Builder.subscriptionFields`,
    ),
  }),
  library(['@pothos/plugin-scope-auth'], { authScopes: { means: 'guard:authentication' } }),
];

export default [
  ...graphql,
  trpc,
  served(['@trpc/server/adapters/fetch'], 'fetchRequestHandler'),
  served(['@trpc/server/adapters/next', '@trpc/server/adapters/next-app-dir'], 'createNextApiHandler'),
  served(['@trpc/server/adapters/express'], 'createExpressMiddleware'),
  served(['@trpc/server/adapters/fastify'], 'fastifyTRPCPlugin'),
  served(
    ['@trpc/server/adapters/standalone', '@trpc/server/adapters/node-http'],
    'createHTTPServer createHTTPHandler nodeHTTPRequestHandler',
  ),
  served(['@trpc/server/adapters/aws-lambda'], 'awsLambdaRequestHandler'),
  served(['@hono/trpc-server'], 'trpcServer'),
] satisfies Library;
