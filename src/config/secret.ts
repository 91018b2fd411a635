/** Prefixes under which providers issue live credentials. The collector knows many more; a configuration only needs these. */
const live =
  /\b(sk|rk)_live_\w{10}|\bsk-(proj|ant|svcacct|or)-[\w-]{16}|\bsk-\w{32}|\bwhsec_\w{20}|\bsb_secret_|\bSG\.[\w-]{16,}\.|\bgh[pousr]_\w{30}|\bgithub_pat_|\bxox[abprs]-\d|\bAIza[\w-]{35}|\bAKIA[A-Z2-7]{16}|\bre_\w{8}_\w{20}|-----BEGIN [A-Z ]*PRIVATE KEY|\bGOCSPX-/;
const named = /secret|passw|api_?key|access_?key|private_?key|token|credential/i;
const filler = /your|change|replace|example|placeholder|dummy|sample|fake|test|local|x{3}|seaworthy|canary/i;

/** Why a value must not stand in a configuration file, or null: it looks like a credential that works somewhere. */
export function liveSecret(name: string, value: string): string | null {
  if (live.test(value)) return 'it has the format of a live credential';
  const address = /^\w[\w+]*:\/\/[^\s:/@]*:([^\s@/]+)@([^\s/:?]+)/.exec(value);
  if (address !== null) {
    const [, password = '', host = ''] = address;
    return host.includes('.') && !/^127\.|\.(local|test|example|internal)$|example\.(com|org)$/.test(host) && !filler.test(password)
      ? 'it is the address of a remote server with its password'
      : null;
  }
  const random =
    value.length >= 20 &&
    !/\s/.test(value) &&
    /\d/.test(value) &&
    /[a-z]/i.test(value) &&
    new Set(value).size >= 12 &&
    !filler.test(value) &&
    !/^https?:|^[a-z]+([-_.][a-z]+)*[-_.]?\d{0,4}$/i.test(value);
  return named.test(name) && random ? 'it looks drawn at random, as real secrets are' : null;
}
