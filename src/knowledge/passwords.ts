import { all, library } from './types.ts';

export default library(['bcrypt', 'bcryptjs', 'argon2', '@node-rs/argon2', '@node-rs/bcrypt', 'scrypt-kdf'], {
  ...all('password-hash', 'hash hashSync kdf'),
  ...all('password-verify', 'compare compareSync verify verifySync'),
  ...all('password-salt', 'genSalt genSaltSync'),
});
