import { createHmac } from 'node:crypto';
import type { Lab } from '../interpreter.ts';
import { newPlayer } from './players.ts';
import type { Player } from './players.ts';
import { forgedJwt, jwtIn, mintJwt, readJwt, unsignedJwt } from './tokens.ts';

/**
 * People who come with the owner's name and no right to it: their token under a signature that nobody gave (`forged`), without one
 * (`unsigned`), and, where the secret is one that the app was given, one that has run out (`expired`). None where sessions are no JSON Web Tokens.
 */
export async function impostorsOf(lab: Lab, owner: Player, seed: string): Promise<Player[]> {
  const token = Object.values(owner.credentials)
    .map(jwtIn)
    .find((found) => found !== null);
  if (!token) return [];
  const expired = await expiredToken(lab, token);
  const variants = { forged: forgedJwt(token), unsigned: unsignedJwt(token), ...(expired === null ? {} : { expired }) };
  return Object.entries(variants).map(([name, other]) => {
    const player = newPlayer(name, 'impostor', null, seed);
    player.credentials = Object.fromEntries(
      Object.entries(owner.credentials).map(([header, value]) => [header, value.replaceAll(token, other)]),
    );
    lab.players.set(name, player);
    return player;
  });
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
