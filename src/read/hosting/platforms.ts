import { parse as parseJsonc } from 'jsonc-parser';
import { z } from 'zod';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Yaml } from '../delivery/yaml.ts';

export type Platform = EvidenceValue<'hosting'>['platforms'][number];

type Reader = (file: string, text: string, yaml: (text: string) => Yaml | null) => Platform[];

const platform = (file: string, name: string, more: Partial<Platform> = {}): Platform => ({
  file,
  platform: name,
  instances: null,
  regions: [],
  elastic: false,
  line: 1,
  ...more,
});

/** Descriptors of hosting platforms by their names. Terraform is only noticed. */
export const descriptors: readonly (readonly [RegExp, Reader])[] = [
  [
    /(^|\/)vercel\.json$/,
    (file, text) => [
      platform(file, 'Vercel', {
        elastic: true,
        regions: z
          .looseObject({ regions: z.array(z.string()).catch([]) })
          .catch({ regions: [] })
          .parse(parseJsonc(text) ?? {}).regions,
      }),
    ],
  ],
  [/(^|\/)netlify\.toml$/, (file) => [platform(file, 'Netlify', { elastic: true })]],
  [/(^|\/)wrangler\.(toml|jsonc?)$/, (file) => [platform(file, 'Cloudflare', { elastic: true })]],
  [/(^|\/)fly(\.[\w-]+)?\.toml$/, fly],
  [/(^|\/)render\.ya?ml$/, render],
  [
    /(^|\/)railway\.(json|toml)$/,
    (file, text) => [platform(file, 'Railway', { instances: numberAfter(text, /"?numReplicas"?\s*[:=]\s*(\d+)/) ?? 1 })],
  ],
  [/(^|\/)app\.ya?ml$/, appEngine],
  [/(^|\/)Procfile$/, (file) => [platform(file, 'Heroku')]],
  [/^\.replit$/, replit],
  [/(^|\/)[^/]+\.ya?ml$/, kubernetes],
  [/(^|\/)[^/]+\.tf$/, (file) => [platform(file, 'Terraform')]],
];

function numberAfter(text: string, pattern: RegExp): number | null {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

function lineOf(text: string, pattern: RegExp): number {
  const at = text.search(pattern);
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}

/** https://fly.io/docs/reference/configuration/ */
function fly(file: string, text: string): Platform[] {
  const region = /^\s*primary_region\s*=\s*["'](\w+)["']/m.exec(text)?.[1];
  const least = /^\s*min_machines_running\s*=\s*(\d+)/m;
  return [
    platform(file, 'Fly.io', {
      instances: numberAfter(text, least),
      regions: region === undefined ? [] : [region],
      line: lineOf(text, least),
    }),
  ];
}

/** https://render.com/docs/blueprint-spec */
function render(file: string, text: string, yaml: (text: string) => Yaml | null): Platform[] {
  return (yaml(text)?.get('services')?.items() ?? [])
    .filter((service) => /^(web|worker|pserv)$/.test(service.get('type')?.text ?? ''))
    .map((service) => {
      const least = service.get('scaling')?.get('minInstances')?.text ?? service.get('numInstances')?.text ?? '1';
      return platform(file, 'Render', {
        instances: Number(least) || 1,
        regions: [service.get('region')?.text ?? []].flat(),
        line: service.line,
      });
    });
}

function appEngine(file: string, text: string, yaml: (text: string) => Yaml | null): Platform[] {
  const root = yaml(text);
  return /^(nodejs|python|go)/.test(root?.get('runtime')?.text ?? '')
    ? [platform(file, 'App Engine', { elastic: root?.get('manual_scaling') === null })]
    : [];
}

function replit(file: string, text: string): Platform[] {
  const target = /^\s*deploymentTarget\s*=\s*["'](\w+)["']/m.exec(text)?.[1];
  if (target === undefined) return [];
  return [
    platform(file, 'Replit', {
      elastic: target !== 'vm' && target !== 'gce',
      instances: target === 'vm' || target === 'gce' ? 1 : null,
      line: lineOf(text, /deploymentTarget/),
    }),
  ];
}

/** Deployments and stateful sets: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/ */
function kubernetes(file: string, text: string, yaml: (text: string) => Yaml | null): Platform[] {
  if (!/^kind:\s*(Deployment|StatefulSet)\s*$/m.test(text) || !/^apiVersion:/m.test(text) || /\{\{/.test(text)) return [];
  const scaled = /^kind:\s*HorizontalPodAutoscaler/m.test(text);
  return text.split(/^---\s*$/m).flatMap((part) => {
    const root = /^kind:\s*(Deployment|StatefulSet)\s*$/m.test(part) ? yaml(part) : null;
    if (root === null) return [];
    const replicas = root.get('spec')?.get('replicas')?.text ?? '1';
    return [
      platform(file, 'Kubernetes', {
        instances: Number(replicas) || 1,
        elastic: scaled,
        line: lineOf(text, /^kind:\s*(Deployment|StatefulSet)/m),
      }),
    ];
  });
}
