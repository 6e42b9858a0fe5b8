import { fileURLToPath } from 'node:url';
import { compile } from '@inlang/paraglide-js';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

// The command line has no option for the cookie's name, hence this file.
const options = {
  project: at('../project.inlang'),
  strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
  cookieName: 'locale',
  emitGitIgnore: false,
  emitPrettierIgnore: false,
  emitReadme: false,
};
// A file for each message: a bundler takes those that a route uses.
await compile({ ...options, outdir: at('../dist'), emitTsDeclarations: true });
// A file for each language: Node, which has no bundler, reads two files instead of eight hundred.
await compile({ ...options, outdir: at('../dist/node'), outputStructure: 'locale-modules' });
// The compiler leaves timers behind that hold the process for half a minute.
process.exit(0);
