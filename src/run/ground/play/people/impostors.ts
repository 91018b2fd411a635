import { createHmac } from 'node:crypto';
import type { EntranceStep } from '../../../../model/scenario.ts';
import type { Lab } from '../interpreter.ts';
import { newPlayer } from './players.ts';
import type { Player } from './players.ts';
import { forgedJwt, jwtIn, mintJwt, readJwt, unsignedJwt } from './tokens.ts';

type Forgery = Extract<EntranceStep, { do: 'forge' }>['how'];

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
  const comes = (name: string, how: Forgery, other: string, secret: string | null = null): Player => {
    const player = newPlayer(name, 'impostor', null, seed);
    player.credentials = withToken(owner.credentials, token, other);
    player.entries.push({ byHand: { do: 'forge', of: owner.name, how, ...(secret === null ? {} : { secret }) } });
    lab.players.set(name, player);
    return player;
  };
  return {
    rightful: comes('token', 'same', token),
    impostors: [
      comes('forged', 'forged', forgedJwt(token)),
      comes('unsigned', 'unsigned', unsignedJwt(token)),
      ...(expired === null ? [] : [comes('expired', 'expired', expired.token, expired.secret)]),
    ],
  };
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

/** The same claims, which ran out an hour ago, and the variable that signs them; null when none of the app's variables does. */
async function expiredToken(lab: Lab, token: string): Promise<{ token: string; secret: string } | null> {
  const [head = '', body = '', signature = ''] = token.split('.');
  const read = readJwt(token);
  if (!read || read.header['alg'] !== 'HS256' || typeof read.claims['exp'] !== 'number') return null;
  const signs = (secret: string): boolean => createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url') === signature;
  const [name, secret] = Object.entries(await lab.ground.environment()).find(([, value]) => signs(value)) ?? [];
  if (name === undefined || secret === undefined) return null;
  const now = Math.floor(Date.now() / 1000);
  return { token: mintJwt({ ...read.claims, iat: now - 7_200, exp: now - 3_600 }, secret, read.header), secret: name };
}
