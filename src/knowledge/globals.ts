import { all, library } from './types.ts';

/** What needs no import. */
export default library(['global'], {
  fetch: { means: 'outbound' },
  ...all('log', 'console.log console.info console.warn console.error console.debug console.trace'),
  ...all('evaluate', 'eval Function'),
  'Math.random': { means: 'weak-random' },
  'process.exit': { means: 'exit' },
  'process.on': { means: 'process-event' },
  ...all('timer', 'setTimeout setInterval setImmediate'),
  'crypto.randomUUID': { means: 'random' },
  'crypto.getRandomValues': { means: 'random' },
});
