import type { Ownership } from '../../model/evidence/derived.ts';
import type { Secrecy } from '../../model/evidence/fields.ts';
import type { SchemaTable } from '../../model/evidence/run.ts';

/** What the names of columns say about the data in them. */

export const credential = /pass(word|wd)?|hash|token|secret|api_?key|salt|private/i;
export const personal =
  /e?mail|phone|mobile|address|street|birth|dob|ssn|tax_?id|passport|iban|account_?n(umber|o)|card|salary|medical|diagnos|prescri|health/i;
export const financial = /balance|salary|amount|total|paid|due/i;

const password =
  /^(user_?)?(pass|pwd|password|passwd|passphrase)(_?(hash|digest|hashed|encrypted|crypt))?$|(hashed|encrypted|crypted)_?pass(word|wd)?|^pw_?hash$/i;
const recovery =
  /(^|_)(reset|forgot(ten)?|recovery|one_?time|otp|magic|verif(y|ication)|confirm(ation)?|activation|two_?factor|2fa|mfa)(_\w+)*_?(token|code|hash)$|^otp$/i;
/** Where such codes are about accounts; the confirmation code of a booking is for whoever booked. */
const accounts = /user|account|member|auth|verif|otp|reset|token|login|sign_?up/i;
const secret = /secret|(^|_)salt$|private_?key|totp|recovery_?codes?|encryption_?key|signing_?key|(^|_)(cvv|cvc)$/i;
const key = /api_?key|access_?key|token$|^token|_token_|(^|_)jwt$/i;
/** What is there to be handed out, and what only speaks of a secret. */
const handedOut =
  /public|share|invit|csrf|xsrf|device|push|fcm|apns|referral|embed|unsubscribe|(_|^)(id|ids|type|name|count|at|on|expires?|expiry|version|used|sent|limit|budget|price)$|tokens$/i;

/** What kind of secret a column holds; null for what is none. */
export function secrecyOf(table: string, column: SchemaTable['columns'][number], ownership: Ownership): Secrecy | null {
  if (!/^(text|character|varchar|citext|bytea|"char"|uuid|json)/i.test(column.type) && column.type !== '') return null;
  const name = column.name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  if (table === ownership.users?.table && column.name === ownership.users.password) return 'password';
  if (handedOut.test(name)) return null;
  if (password.test(name)) return 'password';
  if (secret.test(name)) return 'secret';
  if (recovery.test(name))
    return table === ownership.users?.table || /reset|forgot/i.test(name) || accounts.test(table) ? 'recovery' : null;
  return key.test(name) ? 'key' : null;
}
