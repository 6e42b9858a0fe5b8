import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createS3Site } from '@ainotebook/files';
import { checkCdn } from '../cdn/check-cdn.js';
import { sendBuild } from '../cdn/send-build.js';
import { readS3, type Settings } from '../env.js';
import { UsageError } from '../failure.js';

const WEB_FOLDER = fileURLToPath(new URL('../../../web/dist', import.meta.url));

export interface CdnUploadOptions {
  folder?: string;
  prefix?: string;
  dryRun?: boolean;
}

/** `ainotebook cdn-upload`: brings the CDN's bucket to the web build. Run again after a failure, it goes on. */
export async function cdnUploadCommand(
  settings: Settings,
  { folder = WEB_FOLDER, prefix = '', dryRun: isDryRun = false }: CdnUploadOptions,
): Promise<void> {
  const { env, appUrl } = settings;
  const connection = readS3(env);
  const bucket = env.CDN_BUCKET;
  if (!connection || !bucket) {
    throw new UsageError(
      'Set CDN_BUCKET, S3_ENDPOINT, S3_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY first.',
    );
  }
  if (!existsSync(path.join(folder, 'index.html'))) {
    throw new UsageError(`There is no web build in ${folder}. Run: npm run build`);
  }
  const site = await createS3Site(connection, bucket);
  const under = prefix.replace(/^\/+|\/+$/g, '');
  try {
    const { sent, kept } = await sendBuild({
      folder,
      site,
      prefix: under === '' ? '' : `${under}/`,
      isDryRun,
      onFile: (key, bytes) =>
        console.log(`${isDryRun ? 'would send' : 'sent'} ${key} (${bytes} bytes)`),
    });
    console.log(`${sent} files ${isDryRun ? 'to send' : 'sent'}, ${kept} were there already.`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(`${error.message}. Run the command again to go on.`, { cause: error });
  } finally {
    site.close();
  }
  if (isDryRun || !env.CDN_BASE_URL) return;
  const problem = await checkCdn({ base: env.CDN_BASE_URL, folder, origin: appUrl });
  if (problem !== null) throw new UsageError(`The CDN does not serve this build yet: ${problem}`);
  console.log(`Browsers can load it from ${env.CDN_BASE_URL}.`);
}
