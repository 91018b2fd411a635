import { all, library } from './types.ts';
import type { Library } from './types.ts';

/** SvelteKit: answers of handlers, and hooks in a row. */
export default [
  library(['@sveltejs/kit'], {
    ...all('respond', 'json text'),
    fail: { means: 'respond-fail' },
    ...all('leave', 'error redirect'),
    next: { means: 'answer-pass' },
  }),
  library(['@sveltejs/kit/hooks'], { sequence: { means: 'hook-sequence' } }),
] satisfies Library;
