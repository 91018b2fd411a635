import { callService } from './outbound.js';
import { settings } from './settings.js';

/** Sends a mail through the mail API. */
export async function sendMail(to: string, subject: string, text: string): Promise<void> {
  await callService('mail', `${settings.MAIL_API_URL}/v3/mail/send`, {
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${settings.MAIL_API_KEY}` },
    body: JSON.stringify({
      personalizations: [{ to: [{ email: to }] }],
      from: { email: settings.MAIL_FROM },
      subject,
      content: [{ type: 'text/plain', value: text }],
    }),
    timeoutMs: 5_000,
  });
}

/** The link of a password reset. The token stands behind #, which browsers send to no server. */
export function resetLink(token: string): string {
  return `${settings.APP_URL}/#reset=${token}`;
}
