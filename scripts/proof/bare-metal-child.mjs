// node scripts/proof/bare-metal-child.mjs <release folder> <number> [--built]: makes a copy of this repository a release
// that can be told from others. The second one has another version and one migration more. Built ones are given a file of
// their own among the assets, others another word in the web app, so that their assets have other names.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [folder, number] = process.argv.slice(2);
const isBuilt = process.argv.includes('--built');

function editJson(file, edit) {
  const full = path.join(folder, file);
  const value = JSON.parse(readFileSync(full, 'utf8'));
  edit(value);
  writeFileSync(full, `${JSON.stringify(value, null, 2)}\n`);
}

if (isBuilt) {
  const asset = path.join(folder, `apps/web/dist/assets/release-${number}-Ab12Cd34.js`);
  writeFileSync(asset, `// of release ${number}\n`);
}
if (number === '2') {
  editJson('apps/server/package.json', (it) => {
    it.version = `${it.version}-second`;
  });
  editJson('drizzle/meta/_journal.json', ({ entries }) => {
    const last = entries.at(-1);
    entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: 'second' });
  });
  writeFileSync(
    path.join(folder, 'drizzle/second.sql'),
    'ALTER TABLE "articles" ADD COLUMN "of_second_release" text;\n',
  );
  const words = 'packages/messages/messages/zh-CN.json';
  if (!isBuilt && existsSync(path.join(folder, words))) {
    editJson(words, (it) => {
      it.nav_new_note += ' ';
    });
  }
}
