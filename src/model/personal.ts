/** What a name says about personal data. A name is all there is to go by, so nothing worse than medium may rest on it. */
export const personalCategories = [
  'contact',
  'identity',
  'government-id',
  'health',
  'special',
  'financial',
  'card',
  'location',
  'credential',
  'child',
] as const;
export type PersonalCategory = (typeof personalCategories)[number];

const words: readonly (readonly [PersonalCategory, RegExp])[] = [
  [
    'card',
    /(^|_)(card_?(number|no|num|pan)|cardnumber|credit_?card(_?number)?|cc_?number|cc_?num|cvv2?|cvc2?|ccv|card_?cvv|card_?cvc|security_code|card_?expiry)(_|$)/,
  ],
  [
    'government-id',
    /(^|_)(ssn|social_security(_number|_no)?|national_(id|insurance)(_number)?|passport(_number|_no)?|tax_(id|number)|tin|nin|aadhaar|aadhar|driver_?s?_licen[cs]e(_number)?|id_(card|number)|cpf|curp|vat_id|pan_(number|no|card))(_|$)/,
  ],
  [
    'health',
    /(^|_)(diagnos[ie]s|medical_(history|record|condition|notes)|allerg(y|ies)|blood_(type|group|pressure)|prescriptions?|medications?|symptoms?|treatment(_plan)?|disabilit(y|ies)|health_(condition|record|notes)|patient_(name|notes)|lab_results?|vaccin\w*)(_|$)/,
  ],
  [
    'special',
    /(^|_)(religion|ethnicity|race|sexual_orientation|political_(views?|party)|trade_union|biometrics?|fingerprint_data|gender_identity)(_|$)/,
  ],
  ['child', /(^|_)(guardian(_name|_email|_phone)?|parent_(name|email|phone)|child_(name|age|dob)|minor)(_|$)/],
  [
    'financial',
    /(^|_)(iban|bank_account(_number)?|account_number|routing_number|sort_code|swift(_code)?|bic|salary|income|credit_score)(_|$)/,
  ],
  [
    'credential',
    /(^|_)(password(_hash|_digest)?|passwd|pwd|access_token|refresh_token|api_?key|secret(_key)?|private_key|reset_token|session_token|id_token|otp|totp_secret|mfa_secret|security_(answer|question))(_|$)/,
  ],
  ['location', /(^|_)(latitude|longitude|geo_?location|ip(_address)?|user_agent|last_ip|device_id)(_|$)/],
  [
    'contact',
    /(^|_)(e_?mail(_address)?|phone(_number|_no)?|mobile(_number)?|telephone|(?<!(wallet|contract|token|crypto|ip|mac|btc|eth)_)address(_line_?\d)?|street|postal_code|postcode|zip(_code)?|whatsapp)(_|$)/,
  ],
  [
    'identity',
    /(^|_)(first_name|last_name|full_name|surname|given_name|family_name|middle_name|customer_name|patient_name|author_name|date_of_birth|birth_?date|birthday|dob|gender|nationality|marital_status|photo|avatar(_url)?|username)(_|$)/,
  ],
];
const derived =
  /(^|_)(last_?4|last_?four|masked|count|verified|verified_at|sent|sent_at|id|is|has|enabled|required|template|subject|opt(ed)?_?(in|out)|preferences?|notifications?|format|type|status)$|^(is|has|show|require|allow|send|enable)_/;

/** The name in words: `dateOfBirth` is `date_of_birth`. */
export function inWords(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}

/** The category of a column or field by its name; null where the name says nothing of a person. */
export function personalCategory(name: string): PersonalCategory | null {
  const text = inWords(name);
  if (/last_?4|last_?four|masked/.test(text)) return null;
  if (derived.test(text)) {
    // An identity card number ends in what else is a mere reference.
    const kept = words.find(([category, pattern]) => category === 'government-id' && pattern.test(text));
    return kept?.[0] ?? null;
  }
  const found = words.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
  // What goes with an address is not the address: `change_email_expires`.
  return found === 'contact' && /_(expires?|expiry|token|template|subject|to_send|count|limit|domain)(_at)?$/.test(text) ? null : found;
}

/** Whether a table keeps people, by its name. */
export function keepsPeople(table: string): boolean {
  return /(^|_)(users?|accounts?|customers?|members?|people|persons?|profiles?|patients?|clients?|employees?|students?|guests?|contacts?|subscribers?|leads?|doctors?|guardians?)(_|$|schema)/.test(
    inWords(table),
  );
}
