/**
 * Values of the common types from the binary to the text form, as the output functions of Postgres write them with
 * DateStyle ISO and TimeZone UTC (PostgreSQL source, `*send` and `*out` of src/backend/utils/adt).
 */

/** Milliseconds from 1970-01-01 to 2000-01-01, the epoch of Postgres. */
const epoch = 946_684_800_000;
const infinite = 0x7fffffffffffffffn;

/** Digits as `float8out` lays them out: plain while the decimal exponent is from -4 to below `limit`. */
const float = (value: number, limit: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'Infinity';
  if (value === -Infinity) return '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= limit) return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  const sign = value < 0 ? '-' : '';
  const digits = mantissa.replace('-', '').replace('.', '');
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0');
  const fraction = digits.slice(power + 1);
  return sign + whole + (fraction === '' ? '' : `.${fraction}`);
};

/** The shortest decimal that is read back as the same 32-bit float. */
const float4 = (value: number): string => {
  if (Number.isFinite(value)) {
    for (let digits = 1; digits < 9; digits++) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === value) return float(short, 6);
    }
  }
  return float(Number.isFinite(value) ? Number(value.toPrecision(9)) : value, 6);
};

const day = (days: number): string => {
  const date = new Date(days * 86_400_000 + epoch);
  const year = date.getUTCFullYear();
  const shown = String(year > 0 ? year : 1 - year).padStart(4, '0');
  const rest = `-${String(date.getUTCMonth() + 1).padStart(2, '0')}-${String(date.getUTCDate()).padStart(2, '0')}`;
  return shown + rest + (year > 0 ? '' : ' BC');
};

const date = (days: number): string => {
  if (days === 0x7fffffff) return 'infinity';
  if (days === -0x80000000) return '-infinity';
  return day(days);
};

const clock = (micros: bigint): string => {
  const seconds = Number(micros / 1_000_000n);
  const fraction = String(micros % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const two = (n: number) => String(n).padStart(2, '0');
  const whole = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
};

const timestamp = (value: bigint, zone: string): string => {
  if (value === infinite) return 'infinity';
  if (value === -infinite - 1n) return '-infinity';
  const perDay = 86_400_000_000n;
  let days = value / perDay;
  if (value < 0n && value % perDay !== 0n) days -= 1n;
  const [date = '', era] = day(Number(days)).split(' ');
  return `${date} ${clock(value - days * perDay)}${zone}${era === undefined ? '' : ` ${era}`}`;
};

/** Base-10000 digits with a weight and a display scale (src/backend/utils/adt/numeric.c). */
const numeric = (raw: Buffer): string => {
  const count = raw.readUInt16BE(0);
  const weight = raw.readInt16BE(2);
  const sign = raw.readUInt16BE(4);
  const scale = raw.readUInt16BE(6);
  if (sign === 0xc000) return 'NaN';
  if (sign === 0xd000) return 'Infinity';
  if (sign === 0xf000) return '-Infinity';
  const digit = (index: number) => (index >= 0 && index < count ? raw.readUInt16BE(8 + index * 2) : 0);
  let whole = '';
  for (let index = 0; index <= weight; index++) whole += index === 0 ? String(digit(0)) : String(digit(index)).padStart(4, '0');
  let fraction = '';
  for (let index = weight + 1; fraction.length < scale; index++) fraction += String(digit(index)).padStart(4, '0');
  const shown = whole === '' ? '0' : whole;
  return (sign === 0x4000 ? '-' : '') + shown + (scale > 0 ? `.${fraction.slice(0, scale)}` : '');
};

const uuid = (raw: Buffer): string => {
  const hex = raw.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** Text types, by object id of pg_type: char, name, text, json, xml, unknown, bpchar, varchar. */
const texts = new Set([18, 19, 25, 114, 142, 705, 1042, 1043]);

/** Decoders of binary values with their exact size in bytes (0 = any). */
const decoders = new Map<number, [size: number, decode: (raw: Buffer) => string]>([
  [16, [1, (raw) => (raw[0] === 0 ? 'f' : 't')]],
  [20, [8, (raw) => String(raw.readBigInt64BE(0))]],
  [21, [2, (raw) => String(raw.readInt16BE(0))]],
  [23, [4, (raw) => String(raw.readInt32BE(0))]],
  [26, [4, (raw) => String(raw.readUInt32BE(0))]],
  [700, [4, (raw) => float4(raw.readFloatBE(0))]],
  [701, [8, (raw) => float(raw.readDoubleBE(0), 15)]],
  [1082, [4, (raw) => date(raw.readInt32BE(0))]],
  [1083, [8, (raw) => clock(raw.readBigInt64BE(0))]],
  [1114, [8, (raw) => timestamp(raw.readBigInt64BE(0), '')]],
  [1184, [8, (raw) => timestamp(raw.readBigInt64BE(0), '+00')]],
  [1700, [0, numeric]],
  [2950, [16, uuid]],
]);

/** Array types, by object id of pg_type: bool, bytea, int2, int4, text, varchar, int8, float4, float8, timestamp, timestamptz, numeric, uuid, jsonb. */
const arrays = new Set([1000, 1001, 1005, 1007, 1009, 1015, 1016, 1021, 1022, 1115, 1185, 1231, 2951, 3807]);

/** Text form of an array of one dimension; null for any other (src/backend/utils/adt/arrayfuncs.c). */
function arrayText(raw: Buffer): string | null {
  const dimensions = raw.readInt32BE(0);
  const element = raw.readInt32BE(8);
  if (dimensions === 0) return '{}';
  if (dimensions !== 1 || raw.readInt32BE(16) !== 1) return null;
  const items: string[] = [];
  let at = 20;
  for (let left = raw.readInt32BE(12); left > 0; left--) {
    const size = raw.readInt32BE(at);
    at += 4;
    if (size === -1) {
      items.push('NULL');
      continue;
    }
    const item = cellText(raw.subarray(at, at + size), element, 1, size);
    at += size;
    items.push(/^[^\s"\\{},]+$/.test(item) && !/^null$/i.test(item) ? item : `"${item.replace(/["\\]/g, '\\$&')}"`);
  }
  return `{${items.join(',')}}`;
}

/**
 * The text form of a cell or bind.
 * @param type object id of the data type; 0 when unknown, which makes a binary value `\x` and hex
 * @param maxBytes bytes of the value to look at; a longer text is cut there
 */
export function cellText(raw: Buffer, type: number, format: number, maxBytes: number): string {
  const cut = raw.length > maxBytes ? raw.subarray(0, maxBytes) : raw;
  if (format === 0 || texts.has(type)) return cut.toString('utf8');
  if (type === 17) return `\\x${cut.toString('hex')}`;
  if (type === 3802) return cut.toString('utf8', 1);
  try {
    const decoder = raw.length > maxBytes ? undefined : decoders.get(type);
    if (decoder !== undefined && (decoder[0] === 0 || decoder[0] === raw.length)) return decoder[1](raw);
    const array = arrays.has(type) && cut === raw ? arrayText(raw) : null;
    if (array !== null) return array;
  } catch {
    // Not what the type says: fall through to the bytes themselves.
  }
  return `\\x${cut.toString('hex')}`;
}
