import { library } from './types.ts';

export default library(['pg-format', 'sqlstring', 'pg-escape'], {
  default: { means: 'sql-format', result: 'guarded' },
  withArray: { means: 'sql-format', result: 'guarded' },
  ident: { means: 'sql-escape', result: 'guarded' },
  literal: { means: 'sql-escape', result: 'guarded' },
  escape: { means: 'sql-escape', result: 'guarded' },
  escapeId: { means: 'sql-escape', result: 'guarded' },
});
