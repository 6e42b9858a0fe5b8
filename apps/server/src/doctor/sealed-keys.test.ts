import { createKeyBox, placeOf } from '@ainotebook/api';
import { useTestDatabase } from '@ainotebook/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseEnv } from '../env.js';
import { checkSealedKeys } from './sealed-keys.js';

const SECRETS = {
  JWT_SECRET: 'access-secret-of-the-tests-0123456789abcdef',
  JWT_REFRESH_SECRET: 'refresh-secret-of-the-tests-0123456789abcdef',
};
const SEALED_UNDER = 'encryption-key-of-the-tests-0123456789';
const KEY = 'sk-canary-of-the-doctor-11';
const baseUrl = 'https://models.example.org/v1';
const database = useTestDatabase();
let client: pg.Client;

beforeAll(async () => {
  client = new pg.Client(database.url);
  await client.connect();
  const box = createKeyBox({ current: SEALED_UNDER, former: null });
  const insert = (name: string, sealed: string | null) =>
    client.query(
      `insert into ai_providers (name, kind, base_url, sealed_key) values ($1, 'openai', $2, $3)`,
      [name, baseUrl, sealed],
    );
  await insert('gateway', box.seal(KEY, placeOf({ name: 'gateway', baseUrl })));
  await insert('ollama', null);
});
afterAll(() => client.end());

/** What is said where these variables are set. */
const looked = async (variables: Record<string, string>) => {
  const env = { DATABASE_URL: database.url, ...SECRETS, ...variables };
  const found = await checkSealedKeys(client, parseEnv(env));
  expect(JSON.stringify(found)).not.toContain(KEY);
  return found.map(({ status, says }) => `${status}: ${says}`);
};

it('says which keys of the administration cannot be read, and that the others can', async () => {
  const other = 'another-encryption-key-of-the-tests-0123';
  const failed = 'fail: The key of the AI provider gateway cannot be read.';
  const fine = expect.stringMatching(/^ok: The AI provider ollama/);
  expect(await looked({})).toEqual([failed, fine]);
  expect(await looked({ ENCRYPTION_KEY: other })).toEqual([failed, fine]);
  const read = [expect.stringMatching(/^ok: The AI provider gateway/), fine];
  expect(await looked({ ENCRYPTION_KEY: SEALED_UNDER })).toEqual(read);
  const both = { ENCRYPTION_KEY: other, ENCRYPTION_KEY_FORMER: SEALED_UNDER };
  expect(await looked(both)).toEqual(read);
});
