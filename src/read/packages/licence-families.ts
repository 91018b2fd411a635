/** What a licence asks of those who ship the package. */
export type Terms = 'permissive' | 'weak-copyleft' | 'copyleft' | 'network-copyleft' | 'restricted' | 'unknown';

/**
 * Families of SPDX licence identifiers (https://spdx.org/licenses/) and of what people write instead; the first row that matches counts.
 * Weak copyleft asks for changes to the package itself, strong for the whole program that is given away, network for what is only run for others.
 */
export const families: readonly (readonly [RegExp, Terms])[] = [
  [/^(AGPL|Affero|GNU Affero|OSL-|EUPL|RPL-|CPAL|SSPL)/i, 'network-copyleft'],
  [
    /^(LGPL|GNU (Lesser|Library)|MPL|Mozilla Public|EPL|Eclipse Public|CDDL|CPL|MS-RL|CC-BY-SA|OFL|SIL|CeCILL-C|ErlPL|IPL)/i,
    'weak-copyleft',
  ],
  [/^(GPL|GNU (General|GPL)|CeCILL(?!-B)|CC-BY-NC-SA)/i, 'copyleft'],
  [
    /^(BUSL|Business Source|Elastic|FSL|Commons[- ]Clause|CC-BY-NC|CC-BY-ND|PolyForm|Confluent|JSON$|Hippocratic|UNLICENSED|Proprietary|Commercial)/i,
    'restricted',
  ],
  [
    /^(MIT|X11|ISC|0BSD|BSD|Apache|Unlicense|CC0|CC-BY-[234]|CC-BY$|ODC|PDDL|Zlib|WTFPL|Python|PSF|BlueOak|Artistic|AFL|BSL-1|Boost|NCSA|MS-PL|PostgreSQL|W3C|Unicode|ICU|curl|TCL|UPL|Public[- ]Domain|CeCILL-B|FTL|IJG|libpng|OpenSSL|Ruby|Beerware|Fair|Vim|OLDAP|EFL|Naumen|HPND|NTP|MulanPSL|ISOC|The MIT|Modified BSD|New BSD|Simplified BSD|Apple|Bitstream)/i,
    'permissive',
  ],
];
