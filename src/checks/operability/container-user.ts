import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';
import type { EvidenceValue } from '../../model/evidence/index.ts';
import type { Severity } from '../../model/words.ts';

type Image = EvidenceValue<'hosting'>['images'][number];
type Fault = {
  readonly effect: string;
  readonly severity: Severity;
  readonly line: number;
  readonly message: string;
  readonly impact: string;
  readonly remedy: string;
};

/** Published images that start as root. */
const root =
  /^(docker\.io\/|library\/|docker\.io\/library\/)?(node|python|alpine|debian|ubuntu|golang|ruby|php|oven\/bun|denoland\/deno|openjdk|eclipse-temurin|amazoncorretto|busybox|centos|fedora|rust|caddy|httpd)$|(^|\/)(amazonlinux|ubi\d)$/;
/** Published images that start as somebody else, or give up root themselves. */
const harmless =
  /nonroot|rootless|unprivileged|chainguard|cgr\.dev|bitnami\/|^(docker\.io\/)?(library\/)?(postgres|mysql|mariadb|redis|mongo|rabbitmq|nginx|traefik|memcached)$/;

export default defineCheck({
  title: 'The container is production-grade and not root',
  control: 'operability/container',
  severity: 'medium',
  cwe: [250, 798],
  standards: ['CIS Docker Benchmark 4.1', 'ASVS v5.0.0-13.2.2'],
  why: 'Whoever finds a way to run code in the application is whoever the container runs as. As root they can change the application itself, install tools and try the kernel; as a user without rights they are stuck. What was copied into an image stays in its layers for everyone who can pull it.',
  remedy:
    'Create or use a user without rights (USER node), keep secrets out of layers, build in one stage and run in another, and name the base image exactly.',
  needs: ['hosting'],
  *run({ hosting: { value, gaps } }) {
    const images = value.images.filter((image) => image.for === 'production');
    for (const image of images) {
      const faults = [...faultsOf(image)];
      const minor = faults.filter(({ severity }) => severity === 'low');
      const [first] = minor;
      for (const { message, line, ...detail } of faults.filter(({ severity }) => severity !== 'low'))
        yield fail('read', { kind: 'file', name: detail.effect === 'root' ? image.file : `${image.file}: ${detail.effect}` }, message, {
          ...detail,
          where: { file: image.file, line, endLine: line },
        });
      if (first !== undefined)
        yield fail('read', { kind: 'file', name: `${image.file}: habits` }, minor.map(({ message }) => message).join(' '), {
          severity: 'low',
          where: { file: image.file, line: first.line, endLine: first.line },
          impact: first.impact,
          remedy: minor.map(({ remedy }) => remedy).join(' '),
          effect: 'habits',
        });
      const base = baseOf(image);
      const user = userOf(image);
      if (user === 'unknown')
        yield unknown(
          'read',
          { kind: 'file', name: image.file },
          image.user === null
            ? `Who runs in the container depends on its base image ${base.image}, which is not known here.`
            : `Who runs in the container is decided where it is built or started (USER ${image.user.name}).`,
          {
            where: { file: image.file, line: base.line, endLine: base.line },
          },
        );
      else if (!faults.some(({ effect }) => effect === 'root')) yield pass('read', { kind: 'file', name: image.file });
    }
    for (const { file, reason } of gaps)
      if (/dockerfile/i.test(file ?? '')) yield unknown('read', { kind: 'file', name: file ?? '' }, reason);
    if (images.length === 0)
      yield value.platforms.length > 0
        ? notApplicable('There is no Dockerfile for production; the platform that it is made for decides who it runs as.')
        : unknown('read', application, 'There is no Dockerfile for production, and nothing says where the application runs.');
  },
});

function baseOf(image: Image): Image['stages'][number] {
  let at = image.stages.length - 1;
  for (let next = image.stages[at]?.continues ?? null; next !== null && next < at; next = image.stages[at]?.continues ?? null) at = next;
  return image.stages[at] ?? { name: null, image: '', continues: null, tag: null, digest: null, line: 1 };
}

function userOf(image: Image): 'root' | 'other' | 'unknown' {
  if (image.drops) return 'other';
  if (image.user !== null) return image.user.name.includes('$') ? 'unknown' : /^(root|0)(:|$)/.test(image.user.name) ? 'root' : 'other';
  const base = baseOf(image);
  if (harmless.test(`${base.image}:${base.tag ?? ''}`) || harmless.test(base.image)) return 'other';
  return root.test(base.image) ? 'root' : 'unknown';
}

function* faultsOf(image: Image): Iterable<Fault> {
  const base = baseOf(image);
  if (userOf(image) === 'root')
    yield {
      effect: 'root',
      severity: 'medium',
      line: image.user?.line ?? base.line,
      message: `The container of ${image.file} runs as root${image.user === null ? ', because no USER is set' : ''}.`,
      impact: 'Whoever gets to run code in the application owns the whole container, and is one weakness of the kernel away from its host.',
      remedy: 'Add a line `USER node` (or another user without rights) after the files are copied.',
    };
  const environment = image.copies.find(({ sources }) =>
    sources.some((source) => /(^|\/)\.env(\.(?!example|sample|template)[\w.]+)?$/.test(source)),
  );
  if (environment !== undefined)
    yield {
      effect: 'environment-file',
      severity: 'medium',
      line: environment.line,
      message: `An environment file is copied into the image (${environment.sources.join(' ')}).`,
      impact: 'Everyone who can pull the image reads the secrets in it, also after a later layer deletes the file.',
      remedy: 'Hand settings over when the container starts; list .env in .dockerignore.',
    };
  const whole = image.copies.find(({ sources }) => sources.some((source) => /^\.?\/?$/.test(source)));
  if (whole !== undefined && environment === undefined && !image.ignoresEnvironment)
    yield {
      effect: 'copies-everything',
      severity: 'low',
      line: whole.line,
      message: 'The whole folder is copied into the image, and no .dockerignore keeps environment files out.',
      impact: 'Built on a machine with a .env file, the image holds its secrets for everyone who can pull it.',
      remedy: 'Add a .dockerignore with .env*, .git and node_modules.',
    };
  const written = image.secrets.find(({ literal, kind }) => literal && kind === 'ENV');
  const built = image.secrets.find(({ kind }) => kind === 'ARG');
  if (written !== undefined)
    yield {
      effect: 'secret-in-layer',
      severity: 'medium',
      line: written.line,
      message: `\`${written.name}\` is set to a fixed value in the image.`,
      impact: 'Everyone who can pull the image reads it, and an environment that forgets to set its own runs with this one.',
      remedy: 'Leave it out of the Dockerfile and hand it over when the container starts.',
    };
  else if (built !== undefined)
    yield {
      effect: 'secret-as-argument',
      severity: 'low',
      line: built.line,
      message: `\`${built.name}\` is handed to the build as an argument, which stays readable in the history of the image.`,
      impact: 'Everyone who can pull the image can read it with `docker history`.',
      remedy: 'Use RUN --mount=type=secret for what the build alone needs.',
    };
  if (base.digest === null && (base.tag === null || base.tag === 'latest') && base.image !== 'scratch' && !/\d$/.test(base.image))
    yield {
      effect: 'unpinned-base',
      severity: 'low',
      line: base.line,
      message: `The base image ${base.image} is taken in whatever version is newest.`,
      impact: 'Two builds of one commit may run on different systems, and a new major version comes unasked.',
      remedy: 'Name the version at least (node:24-slim), or the digest.',
    };
  if (image.development)
    yield {
      effect: 'development-packages',
      severity: 'low',
      line: image.start?.line ?? base.line,
      message: 'What only developers need is installed into the image that runs.',
      impact: 'More code than needed stands ready for whoever gets in, and every weakness in it counts.',
      remedy: 'Build in a first stage, and install with --omit=dev in the one that runs.',
    };
  const watcher = /\b(nodemon|ts-node-dev|tsx watch|next dev|vite( dev)?$|(npm|yarn|pnpm|bun)( run)? dev)\b/.exec(
    image.start?.command
      .replace(/["',[\]]+/g, ' ')
      .replace(/\s+/g, ' ')
      .trim() ?? '',
  )?.[0];
  if (watcher !== undefined && image.start !== null)
    yield {
      effect: 'development-server',
      severity: 'medium',
      line: image.start.line,
      message: `The container starts a server for developers (\`${watcher}\`).`,
      impact: 'It is slow, restarts by itself, and shows visitors source code and traces.',
      remedy: 'Build the application in the image and start what was built.',
    };
  if (!image.healthcheck)
    yield {
      effect: 'no-healthcheck',
      severity: 'low',
      line: base.line,
      message: 'The image does not say how to tell whether the application is well.',
      impact: 'Where the platform does not ask by itself, an application that hangs keeps getting visitors.',
      remedy: 'Add a HEALTHCHECK, or configure the check of the platform.',
    };
}
