import qs from 'qs';

const MAIL_API_URL = process.env.MAIL_API_URL || 'https://api.sendgrid.com';
const MAIL_API_KEY = process.env.MAIL_API_KEY || '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';
const APP_URL = process.env.APP_URL || 'http://localhost:3000';

export function resetLink(token: string): string {
  return `${APP_URL}/?${qs.stringify({ reset: token })}`;
}

/** Sends an e-mail through the mail API. */
export async function sendMail(to: string, subject: string, text: string) {
  const response = await fetch(`${MAIL_API_URL}/v3/mail/send`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${MAIL_API_KEY}` },
    body: JSON.stringify({
      personalizations: [{ to: [{ email: to }] }],
      from: { email: 'hello@harbor.example' },
      subject,
      content: [{ type: 'text/plain', value: text }],
    }),
  });
  if (!response.ok) {
    throw new Error(`Mail API answered ${response.status}`);
  }
}
