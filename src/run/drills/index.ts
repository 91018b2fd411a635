import access from './access.ts';
import actors from './actors.ts';
import boot from './boot.ts';
import faults from './faults.ts';
import injection from './injection.ts';
import live from './live.ts';
import massAssignment from './mass-assignment.ts';
import promotions from './promotions.ts';
import responseFields from './response-fields.ts';
import revocations from './revocations.ts';
import schema from './schema.ts';
import sessions from './sessions.ts';
import storedPasswords from './stored-passwords.ts';

/** Every drill; the engine orders them by what they need. */
export const drills = [
  access,
  actors,
  boot,
  faults,
  injection,
  live,
  massAssignment,
  promotions,
  responseFields,
  revocations,
  schema,
  sessions,
  storedPasswords,
] as const;
