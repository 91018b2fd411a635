import bcrypt from 'bcryptjs';

const rounds = 11;
// Compared when there is no such account, so that the answer takes as long as with one.
const nobody = bcrypt.hash('no account has this password', rounds);

export function hashPassword(password: string): Promise<string> {
  return bcrypt.hash(password, rounds);
}

/** True when there is a hash and the password belongs to it. */
export async function checkPassword(password: string, hash: string | undefined): Promise<boolean> {
  const equal = await bcrypt.compare(password, hash ?? (await nobody));
  return equal && hash !== undefined;
}
