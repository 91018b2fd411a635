import { h3 } from './nitro.ts';
import { all, library } from './types.ts';

/** What needs no import. */
export default library(['global'], {
  fetch: { means: 'outbound' },
  ...h3,
  ...all('log', 'console.log console.info console.warn console.error console.debug console.trace'),
  // An answer of the web's own kind; its status stands in the second argument.
  Response: { means: 'respond' },
  'Response.json': { means: 'respond' },
  'Response.redirect': { means: 'respond-redirect' },
  ...all('evaluate', 'eval Function'),
  ...all('serve', 'Deno.serve Bun.serve'),
  'Math.random': { means: 'weak-random' },
  'process.exit': { means: 'exit' },
  'process.on': { means: 'process-event' },
  ...all('timer', 'setTimeout setInterval setImmediate'),
  'crypto.randomUUID': { means: 'random' },
  'crypto.getRandomValues': { means: 'random' },
});
