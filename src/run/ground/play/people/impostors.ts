import { createHmac } from 'node:crypto';
import type { Lab } from '../interpreter.ts';
import { newPlayer } from './players.ts';
import type { Player } from './players.ts';
import { forgedJwt, jwtIn, mintJwt, readJwt, unsignedJwt } from './tokens.ts';

/** Who comes with the owner's token alone, and who with what only looks like it. */
export interface Bearers {
  /** The token as it was given, without any other session of theirs: who is measured by it is measured rightly. */
  readonly rightful: Player;
  readonly impostors: readonly Player[];
}

/**
 * People who come with the owner's name and no right to it: their token under a signature that nobody gave (`forged`), without one
 * (`unsigned`), and, where the secret is one that the app was given, one that has run out (`expired`). Null where sessions are no JSON Web Tokens.
 */
export async function bearersOf(lab: Lab, owner: Player, seed: string): Promise<Bearers | null> {
  const token = Object.values(owner.credentials)
    .map(jwtIn)
    .find((found) => found !== null);
  if (!token) return null;
  const expired = await expiredToken(lab, token);
  const variants = { forged: forgedJwt(token), unsigned: unsignedJwt(token), ...(expired === null ? {} : { expired }) };
  const comes = (name: string, other: string): Player => {
    const player = newPlayer(name, 'impostor', null, seed);
    player.credentials = withToken(owner.credentials, token, other);
    lab.players.set(name, player);
    return player;
  };
  return { rightful: comes('token', token), impostors: Object.entries(variants).map(([name, other]) => comes(name, other)) };
}

/** The credentials that hold a token, with another in its place; a session in another cookie would answer for it. */
function withToken(credentials: Readonly<Record<string, string>>, token: string, other: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(credentials).flatMap(([header, value]): [string, string][] => {
      const parts = (header === 'cookie' ? value.split('; ') : [value]).filter((part) => part.includes(token));
      return parts.length === 0 ? [] : [[header, parts.join('; ').replaceAll(token, other)]];
    }),
  );
}

/** The same claims, which ran out an hour ago; null when none of the app's variables signed them. */
async function expiredToken(lab: Lab, token: string): Promise<string | null> {
  const [head = '', body = '', signature = ''] = token.split('.');
  const read = readJwt(token);
  if (!read || read.header['alg'] !== 'HS256' || typeof read.claims['exp'] !== 'number') return null;
  const signs = (secret: string): boolean => createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url') === signature;
  const secret = Object.values(await lab.ground.environment()).find(signs);
  if (secret === undefined) return null;
  const now = Math.floor(Date.now() / 1000);
  return mintJwt({ ...read.claims, iat: now - 7_200, exp: now - 3_600 }, secret, read.header);
}
