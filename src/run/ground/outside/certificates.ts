import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A throw-away certificate authority that vouches for any name. Lives and dies with the ground. */
export interface Authority {
  /** PEM of the authority's own certificate, for the app to trust. */
  readonly certificate: string;
  /** PEM key and certificate for one host name; remembered. */
  leaf(name: string): { key: string; cert: string };
}

/** Makes an authority. Certificates are written out by hand (X.509, RFC 5280) because Node reads them but does not make them. */
export function createAuthority(): Authority {
  const root = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const leafKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = leafKeys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const rootName = 'Seaworthy proving ground';
  const make = (subject: string, spki: Buffer, extensions: Buffer[]) => certificate(rootName, subject, spki, extensions, root.privateKey);
  const rootSpki = root.publicKey.export({ type: 'spki', format: 'der' });
  const leafSpki = leafKeys.publicKey.export({ type: 'spki', format: 'der' });
  const keyId = (spki: Buffer) => createHash('sha1').update(spki).digest();
  const authorityKey = extension('551d23', false, seq(tlv(0x80, keyId(rootSpki))));
  const own = make(rootName, rootSpki, [
    extension('551d13', true, seq(Buffer.from('0101ff', 'hex'))),
    extension('551d0f', true, Buffer.from('03020106', 'hex')),
    extension('551d0e', false, tlv(0x04, keyId(rootSpki))),
  ]);
  const leaves = new Map<string, string>();
  return {
    certificate: own,
    leaf(name) {
      let cert = leaves.get(name);
      if (cert === undefined) {
        const names = /^[\d.]+$/.test(name) ? tlv(0x87, Buffer.from(name.split('.').map(Number))) : tlv(0x82, Buffer.from(name, 'latin1'));
        cert = make(name.slice(0, 60), leafSpki, [
          extension('551d11', false, seq(names)),
          extension('551d13', true, seq()),
          extension('551d0f', true, Buffer.from('03020780', 'hex')),
          extension('551d25', false, seq(tlv(0x06, Buffer.from('2b06010505070301', 'hex')))),
          extension('551d0e', false, tlv(0x04, keyId(leafSpki))),
          authorityKey,
        ]);
        if (leaves.size < 1_000) leaves.set(name, cert);
      }
      return { key, cert };
    },
  };
}

function certificate(issuer: string, subject: string, spki: Buffer, extensions: Buffer[], signer: KeyObject): string {
  const ecdsaWithSha256 = seq(tlv(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const serial = Buffer.concat([Buffer.from([0x4a]), randomBytes(12)]);
  const body = seq(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    ecdsaWithSha256,
    commonName(issuer),
    // Fixed dates: a faked clock inside the ground must not end them.
    seq(tlv(0x17, Buffer.from('000101000000Z')), tlv(0x17, Buffer.from('491231235959Z'))),
    commonName(subject),
    spki,
    tlv(0xa3, seq(...extensions)),
  );
  const signature = sign('sha256', body, createPrivateKey(signer.export({ type: 'pkcs8', format: 'pem' })));
  const der = seq(body, ecdsaWithSha256, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function commonName(name: string): Buffer {
  return seq(tlv(0x31, seq(tlv(0x06, Buffer.from('550403', 'hex')), tlv(0x0c, Buffer.from(name, 'utf8')))));
}

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  return seq(tlv(0x06, Buffer.from(oid, 'hex')), ...(critical ? [Buffer.from('0101ff', 'hex')] : []), tlv(0x04, value));
}

function seq(...parts: Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

/** Tag, length, value (ITU-T X.690, DER). */
function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}
