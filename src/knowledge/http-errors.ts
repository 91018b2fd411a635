import { library } from './types.ts';

/** Errors that carry the status of the answer. */
export default library(['http-errors'], {
  default: { means: 'http-error' },
});
