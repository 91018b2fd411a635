import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from 'vitest';
import { toCycloneDx } from './cyclonedx.ts';
import { sampleReport } from './testdata/sample.ts';

const component = { name: '', version: '1.0.0', licence: null, integrity: null, direct: false, development: false };
const report = {
  ...sampleReport,
  components: [
    { ...component, name: 'express', version: '5.1.0', licence: 'MIT', integrity: `sha512-${'3q2+'.repeat(21)}7w==`, direct: true },
    { ...component, name: '@scope/name', version: '1.0.0+build.1', licence: 'Apache 2.0, mostly', development: true },
    { ...component, name: 'jszip', licence: '(MIT OR GPL-3.0-or-later)', integrity: `sha1-${'A'.repeat(27)}= md5-AAAA` },
  ],
};

describe('CycloneDX', () => {
  it.each([
    ['packages', report],
    ['nothing', sampleReport],
  ])('with %s is valid by the official schema', async (_, given) => {
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(toCycloneDx(given))).toBeNull();
  });

  it('names packages by their address, with licences, digests and scope', () => {
    const { components, dependencies } = JSON.parse(toCycloneDx(report)) as {
      components: { purl: string; group?: string; name: string; scope: string; licenses?: unknown; hashes?: unknown }[];
      dependencies: { dependsOn: string[] }[];
    };
    expect(components.map(({ purl }) => purl)).toEqual([
      'pkg:npm/express@5.1.0',
      'pkg:npm/%40scope/name@1.0.0%2Bbuild.1',
      'pkg:npm/jszip@1.0.0',
    ]);
    expect(components.map(({ scope }) => scope)).toEqual(['required', 'excluded', 'required']);
    expect(components.map(({ licenses }) => licenses)).toEqual([
      [{ expression: 'MIT' }],
      [{ license: { name: 'Apache 2.0, mostly' } }],
      [{ expression: '(MIT OR GPL-3.0-or-later)' }],
    ]);
    expect(components[0]?.hashes).toEqual([{ alg: 'SHA-512', content: `${'deadbe'.repeat(21)}ef` }]);
    expect(components[1]).toMatchObject({ group: '@scope', name: 'name' });
    expect(dependencies[0]?.dependsOn).toEqual(['pkg:npm/express@5.1.0']);
  });
});
