import { addresses, parseMessage } from '../mail/message.ts';
import { fields, formOf, jsonOf, list, parseObject, text, xml, type Fields } from './bodies.ts';
import type { Answer, Call, Draft, Stub } from './types.ts';

/** How one provider takes mail by HTTP. Add a provider = add a row. */
interface Post {
  readonly provider: string;
  readonly kind?: 'text-message';
  readonly hosts: RegExp;
  readonly paths?: RegExp;
  /** The messages in a call; none when it is about something else. */
  read(call: Call): Draft[];
  answer(call: Call, mails: readonly Draft[]): Answer;
  readonly failure: (status: number, message: string) => unknown;
}

const posts: readonly Post[] = [
  {
    // https://docs.sendgrid.com/api-reference/mail-send/mail-send
    provider: 'sendgrid',
    hosts: /(^|\.)sendgrid\.(com|net)$|sendgrid/,
    paths: /\/v3\/mail\/send$/,
    read: (call) => {
      if (!call.path.endsWith('/mail/send')) return [];
      const body = jsonOf(call);
      const part = (type: string) =>
        text(
          list(body['content'])
            .map(fields)
            .find((each) => each['type'] === type)?.['value'],
        );
      return list(body['personalizations'])
        .map(fields)
        .map((each) => ({
          from: people(body['from'])[0] ?? '',
          to: [...people(each['to']), ...people(each['cc']), ...people(each['bcc'])],
          subject: text(each['subject']) || text(body['subject']),
          // With a template only its values are here.
          text: part('text/plain') || values(each['dynamic_template_data']),
          html: part('text/html'),
        }));
    },
    answer: ({ id }) => ({ status: 202, headers: { 'x-message-id': id }, body: '' }),
    failure: (_status, message) => ({ errors: [{ message, field: null, help: null }] }),
  },
  {
    // https://resend.com/docs/api-reference/emails/send-email
    provider: 'resend',
    hosts: /(^|\.)resend\.com$|resend/,
    paths: /^\/emails(\/batch)?$/,
    read: (call) => {
      if (call.method !== 'POST' || !/^\/emails(\/batch)?$/.test(call.path)) return [];
      const all = call.path.endsWith('/batch') ? list(JSON.parse(call.body.toString('utf8') || '[]')) : [jsonOf(call)];
      return all.map(fields).map(simple);
    },
    answer: ({ path, id }, mails) => ({
      status: 200,
      body: path.endsWith('/batch')
        ? { data: mails.map((_, at) => ({ id: uuid(id, at) })) }
        : { id: uuid(id, 0), object: 'email', data: [] },
    }),
    failure: (status, message) => ({ statusCode: status, name: status === 429 ? 'rate_limit_exceeded' : 'application_error', message }),
  },
  {
    // https://postmarkapp.com/developer/api/email-api
    provider: 'postmark',
    hosts: /(^|\.)postmarkapp\.com$|postmark/,
    read: (call) => {
      if (!call.path.startsWith('/email')) return [];
      const body: unknown = JSON.parse(call.body.toString('utf8') || '{}');
      const all = Array.isArray(body) ? body : (fields(body)['Messages'] ?? [body]);
      return list(all)
        .map(fields)
        .map((each) => ({
          from: people(each['From'])[0] ?? '',
          to: ['To', 'Cc', 'Bcc'].flatMap((name) => people(each[name])),
          subject: text(each['Subject']),
          text: text(each['TextBody']) || values(each['TemplateModel']),
          html: text(each['HtmlBody']),
        }));
    },
    answer: ({ path, id }, mails) => {
      const each = mails.map((mail, at) => ({
        To: mail.to.join(','),
        SubmittedAt: new Date().toISOString(),
        MessageID: uuid(id, at),
        ErrorCode: 0,
        Message: 'OK',
      }));
      return { status: 200, body: path.includes('batch') ? each : (each[0] ?? {}) };
    },
    failure: (status, message) => ({ ErrorCode: status === 429 ? 429 : 300, Message: message }),
  },
  {
    // https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages
    provider: 'mailgun',
    hosts: /(^|\.)mailgun\.(net|org)$|mailgun/,
    read: (call) => {
      if (!/\/messages(\.mime)?$/.test(call.path)) return [];
      const form = formOf(call);
      const to = ['to', 'cc', 'bcc'].flatMap((name) => people(form[name]));
      const mime = /\r\n\r\n((?:[\w-]+: [^]*?))\r\n--/.exec(
        call.path.endsWith('.mime') ? (call.body.toString('latin1').split('name="message"')[1] ?? '') : '',
      )?.[1];
      if (mime !== undefined) return [parseMessage(mime, to)];
      return [
        {
          from: people(form['from'])[0] ?? '',
          to,
          subject: form['subject'] ?? '',
          text: form['text'] ?? form['h:X-Mailgun-Variables'] ?? '',
          html: form['html'] ?? '',
        },
      ];
    },
    answer: ({ id }) => ({ status: 200, body: { id: `<${id}@outside.test>`, message: 'Queued. Thank you.' } }),
    failure: (_status, message) => ({ message }),
  },
  {
    // https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html and the older query interface.
    provider: 'ses',
    hosts: /^email(-fips)?\.[a-z0-9-]+\.amazonaws\.com$/,
    read: (call) => {
      if (call.path.endsWith('/outbound-emails')) {
        const body = jsonOf(call);
        const { Simple: simply, Raw: raw, Template: template } = fields(body['Content']);
        const to = Object.values(fields(body['Destination'])).flatMap(people);
        if (raw !== undefined) return [parseMessage(Buffer.from(text(fields(raw)['Data']), 'base64').toString('latin1'), to)];
        const part = (name: string) => text(fields(fields(fields(simply)['Body'])[name])['Data']);
        return [
          {
            from: people(body['FromEmailAddress'])[0] ?? '',
            to,
            subject: text(fields(fields(simply)['Subject'])['Data']),
            text: part('Text') || text(fields(template)['TemplateData']),
            html: part('Html'),
          },
        ];
      }
      const form = formOf(call);
      const to = Object.keys(form)
        .filter((name) => /^Destination(s|\.)/.test(name))
        .map((name) => form[name] ?? '');
      if (form['Action'] === 'SendRawEmail')
        return [parseMessage(Buffer.from(form['RawMessage.Data'] ?? '', 'base64').toString('latin1'), to)];
      if (form['Action'] !== 'SendEmail') return [];
      const data = (name: string) => form[`Message.${name}.Data`] ?? '';
      return [{ from: people(form['Source'])[0] ?? '', to, subject: data('Subject'), text: data('Body.Text'), html: data('Body.Html') }];
    },
    answer(call) {
      if (call.path !== '/') return { status: 200, body: { MessageId: uuid(call.id, 0) } };
      const action = xml(formOf(call)['Action'] ?? 'Get');
      const result = `<${action}Result><MessageId>${uuid(call.id, 0)}</MessageId></${action}Result>`;
      const body = `<${action}Response xmlns="http://ses.amazonaws.com/doc/2010-12-01/">${result}<ResponseMetadata><RequestId>${call.id}</RequestId></ResponseMetadata></${action}Response>`;
      return { status: 200, headers: { 'content-type': 'text/xml' }, body };
    },
    failure: (status, message) => ({ __type: status === 429 ? 'TooManyRequestsException' : 'InternalServiceErrorException', message }),
  },
  {
    // https://developers.brevo.com/reference/sendtransacemail and https://developers.mailersend.com/api/v1/email.html
    provider: 'brevo',
    hosts: /(^|\.)(brevo\.com|sendinblue\.com|mailersend\.com)$|brevo|mailersend/,
    read: (call) => {
      if (!call.path.endsWith('/email')) return [];
      const body = jsonOf(call);
      return [
        {
          ...simple({ ...body, from: body['from'] ?? body['sender'] }),
          text: text(body['textContent'] ?? body['text']) || values(body['params']),
          html: text(body['htmlContent'] ?? body['html']),
        },
      ];
    },
    answer: ({ id, host }) =>
      host.includes('mailersend')
        ? { status: 202, headers: { 'x-message-id': id }, body: '' }
        : { status: 201, body: { messageId: `<${id}@outside.test>` } },
    failure: (_status, message) => ({ code: 'internal_error', message }),
  },
  {
    // https://www.twilio.com/docs/messaging/api/message-resource
    provider: 'twilio',
    kind: 'text-message',
    hosts: /(^|\.)twilio\.com$|twilio/,
    read: (call) => {
      if (!call.path.endsWith('/Messages.json')) return [];
      const form = formOf(call);
      return [
        {
          from: form['From'] ?? form['MessagingServiceSid'] ?? '',
          to: [form['To'] ?? ''],
          subject: '',
          text: form['Body'] ?? '',
          html: '',
        },
      ];
    },
    answer: (call, mails) => ({
      status: 201,
      body: {
        sid: `SM${call.id.padEnd(32, '0')}`,
        status: call.path.includes('/VerificationCheck') ? 'approved' : 'queued',
        valid: true,
        to: mails[0]?.to[0],
        body: mails[0]?.text,
      },
    }),
    failure: (status, message) => ({ code: 20_000 + status, message, more_info: 'https://www.twilio.com/docs/errors', status }),
  },
];

/** The stubs of the providers that send mail and text messages. */
export function openMail(): Stub[] {
  return posts.map((post) => ({
    provider: post.provider,
    kind: post.kind ?? 'mail',
    hosts: post.hosts,
    speaks: ({ path, headers }) =>
      (post.paths?.test(path) ?? false) || (post.provider === 'ses' && /\/ses\/aws4_request/.test(headers['authorization'] ?? '')),
    answer(call) {
      let mails: Draft[];
      try {
        mails = post.read(call);
      } catch {
        return { status: 400, body: post.failure(400, 'The body is not valid JSON.') };
      }
      const to = mails.some((mail) => mail.to.length === 0);
      if (to) return { status: 422, body: post.failure(422, 'A recipient is missing.') };
      return { ...post.answer(call, mails), mails };
    },
    failure: post.failure,
  }));
}

function simple(body: Fields): Draft {
  return {
    from: people(body['from'])[0] ?? '',
    to: ['to', 'cc', 'bcc'].flatMap((name) => people(body[name])),
    subject: text(body['subject']),
    text: text(body['text']),
    html: text(body['html']),
  };
}

/** Bare addresses out of `"A <a@b>, c@d"`, `{email}`, or a list of such. */
function people(value: unknown): string[] {
  if (typeof value === 'string') return addresses(value);
  if (Array.isArray(value)) return value.flatMap(people);
  return addresses(text(fields(value)['email']) || text(fields(value)['Email']));
}

/** A template's values, a line each: codes and links are among them. */
function values(data: unknown): string {
  const given = typeof data === 'string' ? parseObject(data) : fields(data);
  return Object.entries(given)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('\n');
}

function uuid(id: string, at: number): string {
  const hex = id.padEnd(31, '0').slice(0, 30) + at.toString(16).padStart(2, '0').slice(-2);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
