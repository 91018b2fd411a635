/** What kind of data a table or column seems to hold, worst first. */
export type DataClass = 'secrets' | 'personal' | 'money' | 'other';

const secrets = [
  'password',
  'passwd',
  'pwd',
  'secret',
  'token',
  'apikey',
  'credential',
  'credentials',
  'otp',
  'totp',
  'mfa',
  'recovery',
  'session',
  'sessions',
];
/** Columns that hold a person's data whatever table they stand in. */
const personalFields = [
  'email',
  'mail',
  'phone',
  'mobile',
  'address',
  'street',
  'postcode',
  'birth',
  'birthday',
  'birthdate',
  'dob',
  'gender',
  'ssn',
  'passport',
  'nationality',
  'firstname',
  'lastname',
  'fullname',
  'surname',
  'health',
  'medical',
  'diagnosis',
  'prescription',
  'allergy',
];
/** Tables of people. */
const people = [
  'user',
  'users',
  'person',
  'people',
  'patient',
  'patients',
  'customer',
  'customers',
  'employee',
  'employees',
  'contact',
  'contacts',
  'profile',
  'profiles',
  'member',
  'members',
];
/** Words that only money has. */
const surelyMoney = [
  'price',
  'prices',
  'payment',
  'payments',
  'invoice',
  'invoices',
  'balance',
  'wallet',
  'wallets',
  'refund',
  'refunds',
  'checkout',
  'payout',
  'payouts',
  'withdraw',
  'withdrawal',
  'withdrawals',
  'ledger',
  'billing',
  'cents',
  'currency',
  'iban',
  'salary',
  'expense',
  'expenses',
  'donation',
  'donations',
  'fee',
  'fees',
];
/** Words that money shares with other things: an amount of flour, an order of sorting. */
const perhapsMoney = [
  'amount',
  'order',
  'orders',
  'total',
  'credit',
  'credits',
  'charge',
  'charges',
  'card',
  'cards',
  'transfer',
  'transfers',
  'coupon',
  'coupons',
  'subscription',
  'subscriptions',
  'deposit',
  'deposits',
];
const personal = [...personalFields, ...people];
const money = [...surelyMoney, ...perhapsMoney];

/** `users.passwordHash` -> users, password, hash; also neighbours joined: passwordhash, `api_key` -> apikey. */
export function wordsOf(name: string): string[] {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return [...words, ...words.slice(1).map((word, index) => `${words[index] ?? ''}${word}`)];
}

function any(name: string, list: readonly string[]): boolean {
  return wordsOf(name).some((word) => list.includes(word));
}

/** The worst class that the names suggest. */
export function dataClassOf(names: readonly string[]): DataClass {
  if (names.some((name) => any(name, secrets))) return 'secrets';
  if (names.some((name) => any(name, personal))) return 'personal';
  if (names.some((name) => any(name, money))) return 'money';
  return 'other';
}

/** The name of a table, column, path or package speaks of money. */
export function speaksOfMoney(name: string): boolean {
  return any(name, money);
}

/** The name can hardly mean anything but money. */
export function surelyMoneyName(name: string): boolean {
  return any(name, surelyMoney);
}

/** The column's name, or a plain `name` in a table of people, says that it holds a person's data. */
export function personalColumn(table: string, column: string): boolean {
  return any(column, personalFields) || (/^(name|display_?name|avatar)$/i.test(column) && any(table, people));
}
