// Proof: the commands of docs/deployment.md make a server of an empty machine, an update fails no request, and a server whose
// database is gone comes back from its backup.
//   node scripts/proof/bare-metal.proof.mjs [--short]     (build first; needs nginx, envsubst, redis-server, pg_dump, Chromium)
// With --short a release is a copy of this build; else it is cloned from the last commit and built, each by itself.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@ainotebook/sdk';
import { blocksOf } from './bare-metal-docs.mjs';
import { openLoad } from './bare-metal-load.mjs';
import { openMachine } from './bare-metal-machine.mjs';
import { openBrowser } from './bare-metal-walk.mjs';
import { createHttpClient } from './http-client.mjs';
import { openVerdicts } from './verdicts.mjs';

const isShort = process.argv.includes('--short');
/** After the update itself. */
const MORE_RELOADS = isShort ? 0 : 5;
const GUIDE = 'docs/deployment.md';
const WRITER = { name: '徐霞客', email: 'xu@example.org', password: 'correct horse battery' };
const KEEPER = 'keeper of the database p@ss:w/rd#1';
const BEFORE = { title: '游黄山日记', text: '薄海内外无如徽之黄山', word: '黄山' };
const AFTER = { title: '游雁宕山日记', text: '望雁山诸峰芙蓉插天', word: '雁山' };

const { say, isKept } = openVerdicts();
const machine = await openMachine({ isBuilt: isShort });
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => machine.close().finally(() => process.exit(1)));
}
const begunAt = performance.now();
const secondsSince = (from) => Math.round((performance.now() - from) / 100) / 10;
let browser;
let https;

/** As step 4 has it: the example, with the lines of the guide filled in. */
function fillInSettings() {
  const [block] = blocksOf(GUIDE, 'ini', 'On a server');
  const secrets = {
    DB_PASSWORD: `"${KEEPER}"`,
    JWT_SECRET: 'Zk4s0qvXb1nT7yRmW2uPfE9hJcL6dAgV',
    JWT_REFRESH_SECRET: 'h8GdKq3ZtY5xNwB1rMvC7jSfP0aLuE2o',
    ENCRYPTION_KEY: 'tR5wYkq8Nz1bXcVmQeLsJh3gUoPaDf70',
    PROCESSES: '2',
  };
  const settings = machine
    .place(block)
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => /^(\w+)=(.*)$/.exec(line).slice(1))
    .map(([name, value]) => [name, secrets[name] ?? value]);
  settings.push(
    ['PORT', machine.ports.api],
    ['BACKUP_DIR', machine.place(' /var/backups/ainotebook').trim()],
  );
  const file = path.join(machine.home, '.env');
  let text = readFileSync(file, 'utf8');
  for (const [name, value] of settings) {
    const line = new RegExp(`^(# )?${name}=.*$`, 'm');
    if (!line.test(text)) throw new Error(`.env.example has no ${name}`);
    text = text.replace(line, () => `${name}=${value}`);
  }
  writeFileSync(file, text);
}

/** What the server says of itself to programs. */
async function versionNow() {
  const answer = await fetch(`${machine.api}/api/v1/articles`);
  await answer.body?.cancel();
  return answer.headers.get('x-ainotebook-version');
}

const get = (address) =>
  new Promise((resolve) => {
    https.call('GET', address).then(resolve);
  });

/** Whether anybody but this machine gets to a port. */
async function isOpenToOthers(port) {
  const [other] = Object.values(os.networkInterfaces())
    .flat()
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  if (!other) return false;
  return new Promise((resolve) => {
    const socket = connect(port, other.address);
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });
}

try {
  const commands = blocksOf(GUIDE, 'sh', 'On a server');
  const [code, redis, server, doctor, ...unknown] = commands;
  if (unknown.length > 0) throw new Error(`${GUIDE} has a block that this proof knows nothing of`);
  await machine.startPostgres(KEEPER);
  await machine.sh(code);
  await machine.sh(redis);
  await machine.sh('cp current/.env.example .env && chmod 600 .env');
  fillInSettings();
  await machine.sh(server);
  await machine.untilReady();
  for (const block of blocksOf('nginx/README.md', 'sh')) await machine.sh(block);

  const failures = [];
  https = createHttpClient(machine.baseUrl, {
    network: { ca: machine.certificate() },
    onFailure: (text) => failures.push(text),
  });
  const shell = await get('/login');
  const redirect = await fetch(`${machine.http}/login`, { redirect: 'manual' });
  const first = await machine.processes();
  const open = await Promise.all(Object.values(machine.ports).map(isOpenToOthers));
  say(
    'the commands of the guide make a server of an empty machine, which nobody reaches but through nginx',
    {
      processes: first.length,
      openPorts: open.filter(Boolean).length,
      redirect: redirect.headers.get('location'),
      seconds: secondsSince(begunAt),
    },
    first.length === 2 &&
      first.every(({ pm2_env: one }) => one.status === 'online') &&
      shell?.includes('<div id="root"') &&
      redirect.status === 301 &&
      !open.some(Boolean),
  );

  const said = await machine.sh(`${doctor.trim()} --json`).catch(String);
  const { findings } = JSON.parse(said.slice(said.lastIndexOf('\n{') + 1));
  // The name is this machine's own.
  const bad = findings.filter(
    ({ check, status }) => ['warn', 'fail'].includes(status) && check !== 'address',
  );
  say(
    'after the first backup the doctor finds nothing to mend (but that the name leads to this machine only)',
    { looked: findings.length, toMend: bad.map(({ says }) => says).join('; ') || 0 },
    findings.length > 10 && bad.length === 0,
  );

  browser = await openBrowser(machine.baseUrl);
  const writer = await browser.signUp(WRITER);
  const published = await browser.writeAndPublish(writer, BEFORE);
  const picture = await sendPicture();
  const visited = await browser.readAsVisitor(published);
  const isFound = await browser.find(writer, BEFORE);
  const isRead = ({ status, title, text }, note) =>
    status === 200 && title === note.title && text.includes(note.text);
  say(
    'over https somebody signs up, writes, publishes, is read by a visitor, and finds the note',
    { status: visited.status, found: isFound, problems: browser.problems.length },
    isRead(visited, BEFORE) && isFound && browser.problems.length === 0,
  );

  const oldVersion = await versionNow();
  const assets = readdirSync(path.join(machine.home, 'web/assets'));
  const [update, ...others] = blocksOf(GUIDE, 'sh', 'Updating');
  if (others.length > 0) throw new Error(`${GUIDE} has more than one update`);
  const lines = update.trim().split('\n');
  const switching = lines.pop();
  await machine.sh(lines.join('\n'));
  const load = openLoad({
    baseUrl: machine.baseUrl,
    ca: machine.certificate(),
    pages: ['/', '/login', published, `/assets/${assets[0]}`, '/feed.xml'],
  });
  await load.ready;
  const reloadAt = performance.now();
  await machine.sh(switching);
  for (let i = 0; i < MORE_RELOADS; i += 1) await machine.sh(switching);
  const seconds = secondsSince(reloadAt);
  const { requests, saves, failures: failed } = await load.stop();
  const second = await machine.processes();
  const newVersion = await versionNow();
  const [column] = await machine.query(
    `select 1 from information_schema.columns where column_name = 'of_second_release'`,
    'ainotebook',
  );
  say(
    'a new release with a new table column comes into use under load, and no request fails',
    {
      requests,
      saves,
      failed: failed.length,
      reloads: MORE_RELOADS + 1,
      seconds,
      version: newVersion,
    },
    failed.length === 0 &&
      requests > 100 &&
      newVersion !== oldVersion &&
      column !== undefined &&
      second.every(({ pid }) => !first.some((old) => old.pid === pid)),
  );
  for (const line of failed.slice(0, 10)) console.error(line);

  failures.length = 0;
  const now = readdirSync(path.join(machine.home, 'web/assets'));
  const ofSecond = readdirSync(path.join(machine.home, 'releases/2/apps/web/dist/assets'));
  for (const asset of assets) {
    await get(`/assets/${asset}`);
    // Slower than nginx lets one address be.
    await sleep(25);
  }
  say(
    'pages that were open before the update still find every file of theirs',
    { files: assets.length, missing: failures.length, newFiles: now.length - assets.length },
    failures.length === 0 && assets.length > 20 && ofSecond.length > assets.length,
  );

  await machine.sh('current/ops/backup.sh');
  await machine.destroyPostgres();
  await machine.sh('pm2 stop ainotebook-api');
  await machine.startPostgres(KEEPER);
  const restoreAt = performance.now();
  await machine.sh('ainotebook restore latest');
  await machine.sh('pm2 restart ainotebook-api');
  await machine.untilReady();
  const held = await machine.sh('ainotebook jobs release --dry-run');
  const released = await machine.sh('ainotebook jobs release');
  const afterRelease = await machine.sh('ainotebook jobs release --dry-run');
  const isReadAgain = isRead(await browser.readAsVisitor(published), BEFORE);
  failures.length = 0;
  const isPictureThere = (await get(picture)) !== null && failures.length === 0;
  say(
    'database and files are destroyed, and come back from the backup by one command',
    {
      seconds: secondsSince(restoreAt),
      jobs: /Held since/.test(held) && /Released now/.test(released) ? 'held until released' : held,
      note: isReadAgain,
      picture: isPictureThere,
    },
    isReadAgain &&
      isPictureThere &&
      /Held since/.test(held) &&
      /Released now/.test(released) &&
      /Nothing is held/.test(afterRelease),
  );

  browser.problems.length = 0;
  const again = await browser.enter(WRITER);
  const oldFound = await browser.find(again, BEFORE);
  const path2 = await browser.writeAndPublish(again, AFTER);
  const newRead = isRead(await browser.readAsVisitor(path2), AFTER);
  const newFound = await browser.find(again, AFTER);
  say(
    'the same person signs in, finds the note of before, writes and publishes another, and finds it',
    { oldFound, newRead, newFound, problems: browser.problems.length },
    oldFound && newRead && newFound && browser.problems.length === 0,
  );
} finally {
  await browser?.close();
  https?.close();
  const left = await machine.close();
  say('nothing is left running', { left: left.length }, left.length === 0);
  for (const line of left) console.error(line);
}
process.exitCode = isKept() ? 0 : 1;

/** By a program, in a published note. @returns its path, which visitors may open */
async function sendPicture() {
  const guest = createClient({ baseUrl: machine.api });
  const client = guest.withSession(
    await guest.auth.login({ email: WRITER.email, password: WRITER.password, session: 'token' }),
  );
  const file = path.resolve(import.meta.dirname, '../../docs/images/article.png');
  const { url } = await client.files.upload(readFileSync(file), { name: '黄山.png' });
  const { id } = await client.articles.create({ title: '黄山图', content: `![黄山](${url})` });
  await client.publications.publish({ articleId: id });
  return new URL(url, machine.baseUrl).pathname;
}
