import type { AbstractValue } from '../../model/evidence/read.ts';
import type { Found } from '../samples.ts';
import { looksRandom } from '../secrets/plausible.ts';
import { byProvider } from '../secrets/providers.ts';

/** Fields whose values are credentials, or somebody's address: a request has them, a sample has their names. */
const secretName =
  /pass(?:word|wd|phrase|code)?$|^pass|^pwd|secret|token|api_?key|access_?key|private_?key|credential|^auth|authorization|cookie|session|otp|^pin$|cvv|cvc|card_?num|ssn|iban|e-?mail/i;
const token = /^eyJ[\w-]+\.[\w-]+\.|^(?:Bearer|Basic) |-----BEGIN/;

/** The same request without the values of credentials and the like; its fields keep their names. */
export function withoutSecrets(sample: Found): Found {
  return {
    ...sample,
    query: Object.fromEntries(Object.entries(sample.query).map(([name, value]) => [name, clean(value, name)])),
    body: sample.body === null ? null : clean(sample.body, ''),
  };
}

function clean(value: AbstractValue, name: string): AbstractValue {
  switch (value.kind) {
    case 'literal':
      return typeof value.value !== 'boolean' && value.value !== null && isSecret(name, String(value.value)) ? { kind: 'unknown' } : value;
    case 'object':
      return { ...value, keys: Object.fromEntries(Object.entries(value.keys).map(([key, one]) => [key, clean(one, key)])) };
    case 'array':
      return { ...value, items: value.items.map((one) => clean(one, name)) };
    case 'either':
      return { ...value, of: value.of.map((one) => clean(one, name)) };
    case 'template':
      return secretName.test(name) ? { kind: 'unknown' } : { ...value, holes: value.holes.map((one) => clean(one, name)) };
    default:
      return value;
  }
}

function isSecret(name: string, text: string): boolean {
  if (secretName.test(name.replace(/([a-z])([A-Z])/g, '$1_$2'))) return true;
  return token.test(text) || looksRandom(text) || [...byProvider(`"${text}"`)].length > 0;
}
