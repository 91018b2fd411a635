import type { Report } from '../model/report.ts';

type Component = NonNullable<Report['components']>[number];

const algorithms: Readonly<Record<string, string>> = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

/**
 * The packages of the application as a bill of materials, CycloneDX 1.6 as JSON (https://cyclonedx.org/docs/1.6/json/). What only
 * developers use has the scope `excluded`. Nothing in it is drawn at random, so it has no serial number.
 */
export function toCycloneDx(report: Report): string {
  const components = report.components ?? [];
  const root = `application:${report.target.name}`;
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: report.startedAt,
      tools: { components: [{ type: 'application', name: report.tool.name, version: report.tool.version }] },
      component: {
        type: 'application',
        'bom-ref': root,
        name: report.target.name,
        ...(report.target.commit === null ? {} : { version: report.target.commit }),
      },
    },
    components: components.map(described),
    dependencies: [{ ref: root, dependsOn: components.filter(({ direct }) => direct).map(address) }],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function described(component: Component) {
  const slash = component.name.startsWith('@') ? component.name.indexOf('/') : -1;
  const hashes = hashesOf(component.integrity);
  return {
    type: 'library',
    'bom-ref': address(component),
    ...(slash > 0 ? { group: component.name.slice(0, slash) } : {}),
    name: component.name.slice(slash + 1),
    version: component.version,
    scope: component.development ? 'excluded' : 'required',
    ...(hashes.length > 0 ? { hashes } : {}),
    ...(component.licence === null ? {} : { licenses: [licence(component.licence)] }),
    purl: address(component),
  };
}

/** The package URL: https://github.com/package-url/purl-spec */
function address({ name, version }: Component): string {
  return `pkg:npm/${name.split('/').map(encodeURIComponent).join('/')}@${encodeURIComponent(version)}`;
}

/** What looks like an expression of SPDX identifiers is given as one, anything else by its name. */
function licence(text: string) {
  const identifiers = text.replace(/[()]/g, ' ').split(/\s+(?:AND|OR|WITH)\s+/);
  const spdx = identifiers.every((one) =>
    /^(MIT|ISC|0BSD|Unlicense|WTFPL|Zlib|[A-Za-z0-9]+(-[A-Za-z0-9.]+)*-\d[\w.+-]*|MIT-0|[A-Za-z]+-[A-Za-z-]*exception[\w.-]*)$/.test(
      one.trim(),
    ),
  );
  return spdx ? { expression: text } : { license: { name: text } };
}

/** The digests of a subresource integrity in hexadecimal. */
function hashesOf(integrity: string | null): { alg: string; content: string }[] {
  return (integrity ?? '').split(/\s+/).flatMap((one) => {
    const [, name = '', digest = ''] = /^(sha\d+)-([A-Za-z0-9+/]+={0,2})$/.exec(one) ?? [];
    const alg = algorithms[name];
    return alg === undefined
      ? []
      : [{ alg, content: [...atob(digest)].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('') }];
  });
}
