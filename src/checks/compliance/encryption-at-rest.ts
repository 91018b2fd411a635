import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import { inWords } from '../../model/personal.ts';

const text = /^(|text|varchar.*|character.*|char.*|string|citext|json\w*|mediumtext|longtext)$/;
const sealed = /(^|_)(hash|hashed|digest|encrypted|enc|cipher\w*|sealed|last_?4|masked|tokeni[sz]ed)(_|$)/;
const foreignToken = /^(access_token|refresh_token|api_?key|secret_?key|private_key|id_token|totp_secret|mfa_secret)$/;

export default defineCheck({
  title: 'Sensitive columns are not readable in a dump',
  control: 'compliance/encryption-at-rest',
  severity: 'medium',
  cwe: [312, 311],
  standards: ['ASVS v5.0.0-14.2.4', 'GDPR Art. 32'],
  why: "Backups, exports, a developer's laptop: copies of a database travel further than the database. Whatever stands in them in plain text is known to everybody who ever holds one.",
  remedy:
    'Encrypt these columns in the application before they are written (AES-256-GCM by crypto.createCipheriv, with a key from a key service or the environment and a fresh nonce for each value), or do not keep what you do not need.',
  needs: ['personal-data', 'calls'],
  uses: ['dependencies'],
  *run({ 'personal-data': data, calls, dependencies }) {
    const sensitive = data.value.columns.filter(
      ({ column, category, type }) =>
        (category === 'government-id' ||
          category === 'health' ||
          category === 'special' ||
          (category === 'financial' && /iban|account_number|routing/.test(inWords(column))) ||
          foreignToken.test(inWords(column))) &&
        text.test(type) &&
        !sealed.test(inWords(column)),
    );
    const ciphers = calls.value.calls.find(({ means, symbol }) => means === 'cipher' || /encrypt/i.test(symbol));
    const library =
      dependencies?.value.units.some(({ declared }) =>
        declared.some(({ name }) =>
          /field-encryption|prisma-field|@47ng\/cloak|mongoose-.*encrypt|typeorm-encrypted|pgcrypto|aws-encryption-sdk/.test(name),
        ),
      ) ?? false;
    if (sensitive.length === 0) {
      yield data.gaps.length > 0
        ? unknown('read', application, 'No sensitive column was found by its name, but some code could not be read.')
        : notApplicable('No column is named like an identity number, health data, bank details or a key of somebody else.');
      return;
    }
    if (ciphers || library) {
      yield unknown(
        'read',
        application,
        `The application encrypts something; whether ${sensitive
          .slice(0, 4)
          .map(({ table, column }) => `${table}.${column}`)
          .join(', ')} are among it could not be followed.`,
        {
          where: ciphers?.where ?? sensitive[0]?.where,
        },
      );
      return;
    }
    for (const [table, columns] of Map.groupBy(sensitive, (one) => one.table)) {
      const names = columns.map(({ column }) => column).join(', ');
      const keys = columns.every(({ category }) => category === 'credential');
      yield fail(
        'read',
        { kind: 'table', name: table },
        `${table} keeps ${names} as plain text: the application encrypts nothing. (What they hold is told by their names.)`,
        {
          severity: keys ? 'low' : 'medium',
          impact: keys
            ? 'Whoever gets a copy of the database acts at other services in the name of your users.'
            : 'Whoever gets a copy of the database reads it, of everybody.',
          where: columns[0]?.where,
          effect: 'plain',
        },
      );
    }
    if (sensitive.length === 0) yield pass('read', application);
  },
});
