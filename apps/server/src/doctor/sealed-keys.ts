import { createKeyBox, placeOf } from '@ainotebook/api';
import type pg from 'pg';
import type { Settings } from '../env.js';
import { readSecrets } from '../secrets.js';
import { type Finding, findingsOf } from './finding.js';

interface Row {
  name: string;
  base_url: string;
  sealed_key: string | null;
}

/** Whether the keys of AI providers that administrators have added can be read. */
export async function checkSealedKeys(client: pg.Client, settings: Settings): Promise<Finding[]> {
  const { found, ok, fail } = findingsOf('providers');
  const { rows: tables } = await client.query("select to_regclass('ai_providers') as there");
  // What is missing of the tables is said elsewhere.
  if (tables[0]?.there === null) return found;
  const { rows } = await client.query<Row>(
    'select name, base_url, sealed_key from ai_providers order by name',
  );
  const { encryption } = readSecrets(settings);
  const box = encryption && createKeyBox(encryption);
  for (const { name, base_url: baseUrl, sealed_key: sealed } of rows) {
    const isRead = sealed === null || box?.open(sealed, placeOf({ name, baseUrl })) != null;
    if (isRead)
      ok(`The AI provider ${name} of the administration can be asked; it is tried there.`);
    else
      fail(
        `The key of the AI provider ${name} cannot be read.`,
        'Set the ENCRYPTION_KEY it was kept under (or ENCRYPTION_KEY_FORMER), or enter the key again.',
      );
  }
  return found;
}
