import { envNames, envSchema, variableMeta } from './env-schema.js';

/** The text of `.env.example`. */
export function envExample(): string {
  const lines = [
    '# Settings of AI-NoteBook. Copy to .env and change what you need.',
    '# Generated from apps/server/src/env by: ainotebook env-example > .env.example',
  ];
  let group = '';
  for (const name of envNames) {
    const meta = variableMeta(name);
    if (meta.group !== group) {
      group = meta.group;
      lines.push('', `# --- ${group} ---`);
    }
    const fallback = envSchema.shape[name].safeParse(undefined);
    const value = fallback.success && fallback.data !== undefined ? String(fallback.data) : null;
    lines.push(`# ${meta.about}`);
    // A line in effect repeats the default; what has none is commented out.
    lines.push(value === null ? `# ${name}=${meta.example ?? ''}` : `${name}=${value}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The text of docs/configuration.md. */
export function envReference(): string {
  const lines = [
    '# Configuration',
    '',
    'Every setting is an environment variable, or a line in `.env`. What is unset is off; what is half set refuses to',
    'start in production and says what is missing. Generated from apps/server/src/env by',
    '`ainotebook env-example --markdown > docs/configuration.md`.',
  ];
  let group = '';
  for (const name of envNames) {
    const meta = variableMeta(name);
    if (meta.group !== group) {
      group = meta.group;
      lines.push('', `## ${group}`, '', '| Variable | Default | |', '|---|---|---|');
    }
    const fallback = envSchema.shape[name].safeParse(undefined);
    const value = fallback.success && fallback.data !== undefined ? `\`${fallback.data}\`` : '';
    const about = meta.about.replaceAll('|', '\\|').replaceAll('<', '&lt;');
    const secret = meta.isSecret ? ' **Secret.**' : '';
    lines.push(`| \`${name}\` | ${value} | ${about}${secret} |`);
  }
  return `${lines.join('\n')}\n`;
}
