/** A published weakness of a package, as the GitHub Advisory Database has it (CC BY 4.0). */
export interface KnownAdvisory {
  readonly name: string;
  readonly id: string;
  readonly title: string;
  readonly severity: 'critical' | 'high' | 'moderate';
  readonly range: string;
  readonly cwe: readonly string[];
}

const row = (
  name: string,
  id: string,
  severity: KnownAdvisory['severity'],
  range: string,
  title: string,
  ...cwe: readonly string[]
): KnownAdvisory => ({ name, id, severity, range, title, cwe });

/**
 * Weaknesses of packages that nearly every application of this kind declares. They are told without asking anybody; the registry knows all the
 * others (`--online`). Revisit when a package of this kind has a critical one.
 */
export const knownAdvisories: readonly KnownAdvisory[] = [
  row('axios', 'GHSA-cph5-m8f7-6c5x', 'high', '<0.21.2', 'axios takes very long to trim crafted text', 'CWE-400'),
  row('ejs', 'GHSA-phwq-j96m-2c2q', 'critical', '<3.1.7', 'Template injection in ejs', 'CWE-74'),
  row(
    'jsonwebtoken',
    'GHSA-hjrf-2m68-5959',
    'moderate',
    '<9.0.0',
    'jsonwebtoken can accept forged tokens where key types are mixed',
    'CWE-287',
  ),
  row('lodash', 'GHSA-35jh-r3h4-6jhm', 'high', '<4.17.21', 'Command injection in lodash', 'CWE-77', 'CWE-94'),
  row('lodash-es', 'GHSA-35jh-r3h4-6jhm', 'high', '<4.17.21', 'Command injection in lodash', 'CWE-77', 'CWE-94'),
  row('minimist', 'GHSA-xvch-5gv4-984h', 'critical', '<0.2.4 || >=1.0.0 <1.2.6', 'Prototype pollution in minimist', 'CWE-1321'),
  row('mysql2', 'GHSA-fpw7-j2hg-69v5', 'critical', '<3.9.4', 'mysql2 runs code that crafted settings hold', 'CWE-94'),
  row(
    'node-fetch',
    'GHSA-r683-j2x4-v87g',
    'high',
    '<2.6.7 || >=3.0.0 <3.1.1',
    'node-fetch forwards secure headers to untrusted sites',
    'CWE-200',
  ),
  row(
    'ws',
    'GHSA-3h5v-q93c-6h6q',
    'high',
    '>=2.1.0 <5.2.4 || >=6.0.0 <6.2.3 || >=7.0.0 <7.5.10 || >=8.0.0 <8.17.1',
    'A request with many headers stops a ws server',
    'CWE-476',
  ),
];
