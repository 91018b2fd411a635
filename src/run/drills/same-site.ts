import { play } from '../ground/play/interpreter.ts';
import type { Player } from '../ground/play/people/players.ts';
import { requestFor } from '../ground/play/asking/synthesis.ts';
import type { Stage } from '../ground/play/scene.ts';

/** The loosest `SameSite` of the cookies that make a player's session: what the login sets it to; null where it says nothing. */
export async function sameSiteOf(stage: Stage, player: Player): Promise<'none' | 'lax' | 'strict' | null> {
  const { login, signUps } = stage.cast;
  const headers = signUps.map(({ exchange }) => exchange.response?.headers['set-cookie'] ?? '');
  if (login) {
    const played = await play(stage.lab, requestFor(stage.synthesis, login, player, player, 0).step);
    await stage.lab.ground.undo(played.changes);
    headers.push(played.exchange.response?.headers['set-cookie'] ?? '');
  }
  const names = new Set((player.credentials['cookie'] ?? '').split(/;\s*/).map((pair) => pair.split('=')[0] ?? ''));
  return loosestOf(headers.flatMap((header) => header.split('\n')).filter((cookie) => names.has(cookie.split('=')[0]?.trim() ?? '')));
}

/** Of `Set-Cookie` lines: the loosest that one of them says, null where one says nothing and none says `None`. */
export function loosestOf(cookies: readonly string[]): 'none' | 'lax' | 'strict' | null {
  const said = cookies.map((cookie) => /;\s*samesite=(none|lax|strict)\b/i.exec(cookie)?.[1]?.toLowerCase());
  if (said.includes('none')) return 'none';
  if (said.length === 0 || said.includes(undefined)) return null;
  return said.includes('lax') ? 'lax' : 'strict';
}
