import type { Profile, Trigger } from '../model/words.ts';
import { schema } from './write-access.ts';

/**
 * The text of a first `seaworthy.json`: only what is known is set, the rest stands in comments.
 * @param profile null where nobody said
 * @param detected the triggers that reading found to apply
 */
export function starterConfig(profile: Profile | null, detected: readonly Trigger[]): string {
  const said = profile === null ? '// "profile": "public",' : `"profile": "${profile}",`;
  const found = detected.length === 0 ? 'Nothing was detected today' : `Detected today: ${detected.join(', ')}`;
  const names = (detected.length === 0 ? ['payments'] : detected).map((one) => `"${one}"`).join(', ');
  return `{
  "$schema": "${schema}",
  // Who uses it: prototype (nobody yet), internal (colleagues) or public.
  ${said}
  // What the verdict is about. ${found};
  // every audit looks again, unless it is fixed here.
  // "for": [${names}],
  // Only where an audit that runs the application cannot find out by itself:
  // "start": "node dist/server.js", "migrate": "npm run migrate", "port": 3000,
}
`;
}
