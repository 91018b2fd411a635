import type { Gap } from '../../../model/words.ts';
import type { Route } from '../routes.ts';
import type { SourceFile } from '../value.ts';
import { isPython, isPythonPath } from './files.ts';

/** Libraries that ask a database without the text of a statement. */
const mappers =
  /^(sqlalchemy|flask_sqlalchemy|sqlmodel|peewee|tortoise|mongoengine|pymongo|motor|beanie|odmantic|pony|django\.db|django\.contrib\.auth|databases|supabase|cs50)(\.|$)/;

/** What is not read of an application in Python: what it asks of its database through a library, how its server fails and stops, and what only stands in its text. */
export function unreadOfPython(
  files: readonly SourceFile[],
  routes: readonly Route[],
): { data: Gap[]; operation: Gap[]; constructs: Gap[] } {
  const through = new Set<string>();
  for (const file of files)
    if (isPython(file))
      for (const [module] of file.facts.imports) {
        const [, name] = mappers.exec(module) ?? [];
        if (name !== undefined) through.add(name);
      }
  const data = [...through]
    .sort()
    .map((name) => ({ file: null, reason: `what the application asks of its database through ${name} (Python) is not read` }));
  const served = routes.some(({ where }) => isPythonPath(where.file));
  const operation = served ? [{ file: null, reason: 'what the server in Python does when something fails or stops is not read' }] : [];
  const constructs = served ? [{ file: null, reason: 'certificates, times and amounts are not looked at in Python' }] : [];
  return { data, operation, constructs };
}
