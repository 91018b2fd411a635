import { all, library } from './types.ts';
import type { Library } from './types.ts';

const parsing = all(
  'schema-parse',
  'parse parseAsync safeParse safeParseAsync spa validate validateAsync validateSync attempt cast assert',
);

/** Schema libraries. Chains are read by src/read/code/schema.ts. */
export default [
  library(
    ['zod', 'zod/v4', 'zod/v3', 'zod/mini', 'joi', '@hapi/joi', 'yup', 'superstruct', 'valibot', 'drizzle-zod', 'celebrate'],
    { ...parsing, celebrate: { means: 'guard:validation' } },
    parsing,
  ),
  library(['express-validator'], {
    ...all('guard:validation', 'body check param query cookie header checkSchema oneOf'),
    validationResult: { means: 'validation-result' },
    matchedData: { means: 'schema-parse' },
  }),
  library(['ajv'], {
    default: { means: 'schema-compiler', returns: 'Ajv' },
    'Ajv.compile': { means: 'schema-compile' },
    'Ajv.validate': { means: 'schema-parse' },
  }),
  library(['arktype'], { type: { means: 'schema-compile' }, scope: { means: 'schema-scope' } }),
  library(['class-validator'], all('schema-parse', 'validate validateOrReject validateSync')),
  library(['class-transformer'], all('schema-instance', 'plainToInstance plainToClass')),
  library(['@sinclair/typebox/value', '@sinclair/typebox/compiler'], {
    ...all('schema-parse', 'Value.Check Value.Parse Value.Decode Value.Assert'),
    'TypeCompiler.Compile': { means: 'schema-compiler', returns: 'Check' },
    'Check.Check': { means: 'schema-parse' },
    'Check.Decode': { means: 'schema-parse' },
  }),
  library(['envalid', '@t3-oss/env-core', '@t3-oss/env-nextjs', '@t3-oss/env-nuxt', 'env-var'], {
    cleanEnv: { means: 'environment-schema' },
    createEnv: { means: 'environment-schema' },
  }),
  library(['zod-express-middleware', 'express-zod-api'], {
    ...all('guard:validation', 'validateRequest validateRequestBody validateRequestParams validateRequestQuery processRequest'),
  }),
] satisfies Library;
