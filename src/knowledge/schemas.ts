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
  library(['envalid', '@t3-oss/env-core', 'env-var'], {
    cleanEnv: { means: 'environment-schema' },
    createEnv: { means: 'environment-schema' },
  }),
  library(['zod-express-middleware', 'express-zod-api'], {
    ...all('guard:validation', 'validateRequest validateRequestBody validateRequestParams validateRequestQuery processRequest'),
  }),
] satisfies Library;
