import { createHash } from 'node:crypto';
import { xml } from './bodies.ts';
import type { Answer, Call, Stub } from './types.ts';

interface Stored {
  readonly body: Buffer;
  readonly etag: string;
  readonly modified: Date;
  /** Content type and the object's own metadata. */
  readonly headers: Readonly<Record<string, string>>;
}

const most = { objects: 10_000, bytes: 128 * 1024 * 1024 };
const amazon = /^(?:(.+)\.)?s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com$/;
const others = /^(?:(.+)\.)?(?:[a-z0-9-]+\.)?(?:r2\.cloudflarestorage\.com|digitaloceanspaces\.com|backblazeb2\.com|wasabisys\.com)$/;

/** S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/) in memory. Signatures are not checked, but presigned addresses do end. */
export function openStorage(): Stub {
  const objects = new Map<string, Stored>();
  const uploads = new Map<string, Map<number, Buffer>>();
  let bytes = 0;

  const remove = (name: string) => {
    bytes -= objects.get(name)?.body.length ?? 0;
    objects.delete(name);
  };
  const put = (name: string, body: Buffer, headers: Stored['headers']): Stored | null => {
    remove(name);
    if (bytes + body.length > most.bytes || objects.size >= most.objects) return null;
    const stored = { body, etag: `"${createHash('md5').update(body).digest('hex')}"`, modified: new Date(), headers };
    objects.set(name, stored);
    bytes += body.length;
    return stored;
  };
  const get = (call: Call, name: string): Answer => {
    const stored = objects.get(name);
    if (!stored) return refuse(404, 'NoSuchKey', 'The specified key does not exist.');
    const headers = {
      'content-type': 'application/octet-stream',
      ...stored.headers,
      etag: stored.etag,
      'last-modified': stored.modified.toUTCString(),
      'accept-ranges': 'bytes',
    };
    for (const [parameter, header] of [
      ['response-content-type', 'content-type'],
      ['response-content-disposition', 'content-disposition'],
    ] as const) {
      const value = call.query.get(parameter);
      if (value !== null) Object.assign(headers, { [header]: value });
    }
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(call.headers['range'] ?? '') ?? [];
    if (from === undefined)
      return { status: 200, headers: { ...headers, 'content-length': String(stored.body.length) }, body: stored.body };
    const part = stored.body.subarray(Number(from), to === '' || to === undefined ? undefined : Number(to) + 1);
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${stored.body.length}`;
    return { status: 206, headers: { ...headers, 'content-range': range, 'content-length': String(part.length) }, body: part };
  };
  const list = (call: Call, bucket: string): Answer => {
    const prefix = call.query.get('prefix') ?? '';
    const delimiter = call.query.get('delimiter') ?? '';
    const after = call.query.get('continuation-token') ?? call.query.get('start-after') ?? call.query.get('marker') ?? '';
    const limit = Math.min(1_000, Number(call.query.get('max-keys') ?? 1_000));
    const keys = [...objects.keys()]
      .filter((name) => name.startsWith(`${bucket}/${prefix}`))
      .map((name) => name.slice(bucket.length + 1))
      .filter((key) => key > after)
      .sort();
    const folder = (key: string) => {
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      return end === -1 ? null : key.slice(0, end + delimiter.length);
    };
    const folders = [...new Set(keys.map(folder).filter((each) => each !== null))];
    const plain = keys.filter((key) => folder(key) === null);
    const contents = plain.slice(0, limit).map((key) => {
      const stored = objects.get(`${bucket}/${key}`);
      return `<Contents><Key>${xml(key)}</Key><LastModified>${stored?.modified.toISOString()}</LastModified><ETag>${xml(stored?.etag ?? '')}</ETag><Size>${stored?.body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
    });
    const more = plain.length > limit ? `<NextContinuationToken>${xml(plain[limit - 1] ?? '')}</NextContinuationToken>` : '';
    const common = folders.map((each) => `<CommonPrefixes><Prefix>${xml(each)}</Prefix></CommonPrefixes>`);
    return document(
      'ListBucketResult',
      `<Name>${xml(bucket)}</Name><Prefix>${xml(prefix)}</Prefix><KeyCount>${contents.length}</KeyCount><MaxKeys>${limit}</MaxKeys><IsTruncated>${more !== ''}</IsTruncated>${more}${contents.join('')}${common.join('')}`,
    );
  };
  const multipart = (call: Call, bucket: string, key: string): Answer | null => {
    const upload = call.query.get('uploadId');
    const about = `<Bucket>${xml(bucket)}</Bucket><Key>${xml(key)}</Key>`;
    if (call.method === 'POST' && call.query.has('uploads')) {
      if (uploads.size < 100) uploads.set(call.id, new Map());
      return document('InitiateMultipartUploadResult', `${about}<UploadId>${call.id}</UploadId>`);
    }
    if (upload === null) return null;
    const parts = uploads.get(upload);
    if (!parts) return refuse(404, 'NoSuchUpload', 'The specified upload does not exist.');
    if (call.method === 'PUT') {
      const held = [...uploads.values()].flatMap((each) => [...each.values()]).reduce((sum, part) => sum + part.length, 0);
      if (held + call.body.length > most.bytes) return refuse(400, 'EntityTooLarge', 'The proving ground holds 128 MiB.');
      parts.set(Number(call.query.get('partNumber') ?? 1), bodyOf(call));
      return { status: 200, headers: { etag: `"${call.id}"` }, body: '' };
    }
    uploads.delete(upload);
    if (call.method === 'DELETE') return { status: 204, body: '' };
    const ordered = [...parts].sort(([a], [b]) => a - b).map(([, part]) => part);
    const stored = put(`${bucket}/${key}`, Buffer.concat(ordered), {});
    if (!stored) return refuse(400, 'EntityTooLarge', 'The proving ground holds 128 MiB.');
    return document('CompleteMultipartUploadResult', `${about}<ETag>${xml(stored.etag)}</ETag>`);
  };
  const change = (call: Call, bucket: string, key: string): Answer => {
    if (call.method === 'DELETE') {
      remove(`${bucket}/${key}`);
      return { status: 204, body: '' };
    }
    const source = call.headers['x-amz-copy-source'];
    const from = source === undefined ? undefined : objects.get(decodeURIComponent(source.replace(/^\//, '').replace(/\?.*/, '')));
    if (source !== undefined && !from) return refuse(404, 'NoSuchKey', 'The specified key does not exist.');
    const kept = Object.entries(call.headers).filter(([name]) =>
      /^(content-type|cache-control|content-disposition|x-amz-meta-.*)$/.test(name),
    );
    const stored = put(`${bucket}/${key}`, from?.body ?? bodyOf(call), from?.headers ?? Object.fromEntries(kept));
    if (!stored) return refuse(400, 'EntityTooLarge', 'The proving ground holds 128 MiB.');
    if (from)
      return document('CopyObjectResult', `<ETag>${xml(stored.etag)}</ETag><LastModified>${stored.modified.toISOString()}</LastModified>`);
    return { status: 200, headers: { etag: stored.etag }, body: '' };
  };

  return {
    provider: 's3',
    kind: 'storage',
    hosts: new RegExp(`${amazon.source}|${others.source}|minio`),
    speaks: ({ headers, query }) => /\/s3\/aws4_request/.test(`${headers['authorization'] ?? ''} ${query.get('X-Amz-Credential') ?? ''}`),
    answer(call) {
      if (isOver(call.query)) return refuse(403, 'AccessDenied', 'Request has expired');
      const virtual = amazon.exec(call.host)?.[1] ?? (call.host.includes('r2.') ? undefined : others.exec(call.host)?.[1]);
      const path = safeDecode(call.path).replace(/^\//, '');
      const bucket = virtual ?? path.split('/')[0] ?? '';
      const key = virtual === undefined ? path.slice(bucket.length + 1) : path;
      if (bucket === '') return document('ListAllMyBucketsResult', '<Buckets></Buckets>');
      if (key === '' && call.method === 'POST' && call.query.has('delete')) {
        const keys = [...call.body.toString('utf8').matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, each = '']) => each);
        for (const each of keys) remove(`${bucket}/${each}`);
        return document('DeleteResult', keys.map((each) => `<Deleted><Key>${each}</Key></Deleted>`).join(''));
      }
      if (key === '') return call.method === 'GET' ? list(call, bucket) : { status: call.method === 'DELETE' ? 204 : 200, body: '' };
      const part = multipart(call, bucket, key);
      if (part) return part;
      return call.method === 'GET' || call.method === 'HEAD' ? get(call, `${bucket}/${key}`) : change(call, bucket, key);
    },
    failure: (status, message) => error(status === 503 || status === 429 ? 'SlowDown' : 'InternalError', message),
  };
}

function document(name: string, inner: string): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${name}>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

function error(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${xml(message)}</Message><RequestId>GROUND</RequestId></Error>`;
}

function refuse(status: number, code: string, message: string): Answer {
  return { status, headers: { 'content-type': 'application/xml' }, body: error(code, message) };
}

/** The content without the chunk signatures that SDKs put in between (`aws-chunked`). */
function bodyOf({ headers, body }: Call): Buffer {
  if (!/aws-chunked/.test(headers['content-encoding'] ?? '') && !(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-'))
    return body;
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end === -1 ? at : end), 16);
    if (!(size > 0)) break;
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

/** Whether a presigned address has ended (signature version 4 in the query). */
function isOver(query: URLSearchParams): boolean {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '') ?? [];
  const [year = 0, month = 0, ...rest] = parts.map(Number);
  return parts.length > 0 && Date.UTC(year, month - 1, ...rest) + Number(query.get('X-Amz-Expires') ?? 0) * 1000 < Date.now();
}

function safeDecode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
