import crypto from 'node:crypto';
import bcrypt from 'bcryptjs';

export function hashPassword(password: string): string {
  return crypto.createHash('sha256').update(password).digest('hex');
}

export async function checkPassword(password: string, hash: string): Promise<boolean> {
  if (hash.startsWith('$2')) {
    return bcrypt.compare(password, hash);
  }
  return hashPassword(password) === hash;
}
