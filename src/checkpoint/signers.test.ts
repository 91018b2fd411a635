import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { publicKeyOfNode } from './public-key.ts';
import { allowedSigners, configuredSigners } from './signers.ts';

const { line, id } = publicKeyOfNode(createPublicKey(generateKeyPairSync('ed25519').privateKey));

describe('a file of signers', () => {
  it('is read as OpenSSH writes it, with quotes, options and comments', () => {
    const found = allowedSigners(
      [
        '# ours',
        '',
        `ann@example.com ${line} Ann Lee`,
        `"Bo Ray",bo@example.com namespaces="git,seaworthy",valid-after="20260101Z",valid-before="20270101123000" ${line}`,
        `seaworthy ${line}`,
        `cy namespaces="git" ${line}`,
      ].join('\n'),
    );
    expect(found).toEqual([
      { names: ['ann@example.com', 'Ann Lee'], id, tool: false, from: null, until: null },
      { names: ['Bo Ray', 'bo@example.com'], id, tool: false, from: new Date('2026-01-01'), until: new Date('2027-01-01T12:30:00Z') },
      { names: ['seaworthy'], id, tool: true, from: null, until: null },
    ]);
  });

  it('is refused, with the line, for what is not understood', () => {
    for (const text of [
      'ann',
      `*@example.com ${line}`,
      `ann cert-authority ${line}`,
      `ann valid-after=20260101 ${line}`,
      `ann valid-after="soon" ${line}`,
      `ann ${line.slice(0, -6)}`,
    ])
      expect(() => allowedSigners(`# one\n${text}`), text).toThrow(/^Line 2 /);
  });
});

describe('signers of the configuration', () => {
  it('are known by their keys', () => {
    expect(configuredSigners([{ name: 'Ann Lee', key: `${line} ann@laptop` }])).toEqual([
      { names: ['Ann Lee'], id, tool: false, from: null, until: null },
    ]);
    expect(() => configuredSigners([{ name: 'Ann Lee', key: 'ssh-ed25519 AAAA' }])).toThrow(/signers\[0\]\.key/);
  });
});
