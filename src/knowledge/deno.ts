import { library } from './types.ts';
import type { Library } from './types.ts';

/** What Deno's standard library adds to the globals. */
export default [library(['deno:http/server'], { serve: { means: 'serve' } })] satisfies Library;
