// After `changeset version`: src/version.ts says what package.json does.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const file = path.join(root, 'src/version.ts');
const text = readFileSync(file, 'utf8');
writeFileSync(file, text.replace(/'[^']*'/, `'${version}'`));
