import { application, defineCheck, fail, notApplicable, pass, unknown } from '../../model/check.ts';

/** Beginnings that make a bundler write a variable's value into the page. */
const shown = /^(NEXT_PUBLIC|VITE|EXPO_PUBLIC|REACT_APP|NUXT_PUBLIC|GATSBY|PUBLIC|VUE_APP)_/;
/** Names of what acts for the application itself: nobody but its server may hold it. */
const server =
  /SECRET|SERVICE_?ROLE|SERVICE_KEY|PRIVATE_KEY|PASSWORD|DATABASE_URL|CONNECTION_STRING|ADMIN_KEY|MASTER_KEY|SIGNING_KEY|ACCESS_KEY|(OPENAI|ANTHROPIC|CLAUDE|GEMINI|GROQ|MISTRAL|DEEPSEEK|COHERE|REPLICATE|PERPLEXITY|OPENROUTER|ELEVENLABS|HUGGINGFACE|XAI|SENDGRID|RESEND|MAILGUN|POSTMARK|TWILIO|PINECONE)_?(API_?)?(KEY|TOKEN)/;
const meant = /PUBLISHABLE|ANON|SITE_?KEY|PUBLIC_?KEY|CLIENT_ID|RECAPTCHA|_URL$(?<!DATABASE_URL)|SECRET_?NAME/;

export default defineCheck({
  title: 'No server key reaches the browser',
  control: 'security/secrets-in-client',
  severity: 'high',
  cwe: [200, 522, 312],
  standards: ['ASVS v5.0.0-14.2.1', 'A02:2021'],
  why: 'Everything that a page loads can be read by whoever opens it. A key in there is used by strangers within days: models are asked at your cost, rows are read past every rule, mail goes out in your name.',
  remedy:
    'Revoke the key. Keep it on the server under a name without a public prefix, and let the page ask your own endpoint, which checks who asks and how often.',
  needs: ['client-code', 'environment', 'secrets'],
  *run({ 'client-code': client, environment, secrets }) {
    const files = new Map(client.value.files.map((one) => [one.file, one]));
    let found = 0;
    const reads = Map.groupBy(environment.value.reads, ({ name }) => name);
    for (const [name, all] of reads) {
      if (!shown.test(name) || !server.test(name) || meant.test(name)) continue;
      found++;
      const inPage = all.find(({ where }) => files.has(where.file));
      const place = inPage ?? all[0];
      yield fail(
        'read',
        { kind: 'variable', name },
        `\`${name}\` is named like a key that only a server may hold, and its prefix makes the bundler write its value into the page${inPage === undefined ? ' wherever code for the browser reads it; so far only code for the server does' : `: ${inPage.where.file} is part of it (from ${files.get(inPage.where.file)?.entry ?? ''})`}.`,
        {
          severity: inPage === undefined ? 'low' : 'high',
          where: place?.where,
          impact:
            inPage === undefined
              ? 'One import is between the key and every visitor.'
              : 'Every visitor reads the key with the developer tools of the browser and acts as the application.',
          effect: 'public-prefix',
        },
      );
    }
    for (const { name, where } of client.value.defines) {
      if (name !== '*' && (!server.test(name) || meant.test(name))) continue;
      found++;
      yield fail(
        'read',
        { kind: 'variable', name: name === '*' ? 'the whole environment' : name },
        name === '*'
          ? `${where.file} writes the whole environment of the build into the page, with every secret in it.`
          : `${where.file} writes \`${name}\` into the page as a constant.`,
        {
          where,
          impact: 'Every visitor reads the key with the developer tools of the browser and acts as the application.',
          effect: 'defined',
        },
      );
    }
    for (const secret of secrets.value.secrets.filter(
      ({ certain, context, where }) => certain && (context === 'client' || files.has(where.file)),
    )) {
      found++;
      yield fail(
        'read',
        { kind: 'secret', name: `${secret.where.file}: ${secret.type} ${secret.hash}` },
        `A ${secret.type.replaceAll('-', ' ')} (${secret.masked}, sha256 ${secret.hash}) stands in code that reaches the browser.`,
        {
          where: secret.where,
          severity: 'critical',
          certain: true,
          impact: 'Every visitor reads it with the developer tools of the browser and acts as the application.',
          effect: secret.hash,
        },
      );
    }
    for (const { variable, where } of client.value.credentials) {
      // What everybody may have is no key of the server; whether it says who is calling is another question.
      if (variable !== null && (meant.test(variable) || !shown.test(variable) || (reads.has(variable) && server.test(variable)))) continue;
      found++;
      yield fail(
        'read',
        { kind: 'file', name: where.file },
        variable === null
          ? 'The page sends a credential that stands in its own code.'
          : `The page sends \`${variable}\` as its credential, which the bundler writes into it.`,
        {
          where,
          severity: 'medium',
          impact: 'Every visitor reads the credential with the developer tools of the browser and calls that service as the application.',
          remedy: 'Replace the credential at its provider, keep the new one on the server, and let the page ask an endpoint of your own.',
          effect: 'sent-by-the-page',
        },
      );
    }
    const gap = [...client.gaps, ...secrets.gaps][0];
    if (files.size === 0 && found === 0)
      yield gap === undefined
        ? notApplicable('No code for the browser was found.')
        : unknown('read', application, `Not all code was read: ${gap.file ?? 'the tree'} (${gap.reason}).`);
    else if (gap !== undefined)
      yield unknown('read', application, `Not all of what reaches the browser was read: ${gap.file ?? 'the tree'} (${gap.reason}).`);
    else if (found === 0) yield pass('read', application, `${files.size} files for the browser were searched.`);
  },
});
