import { fileURLToPath } from 'node:url';
import { compile } from '@inlang/paraglide-js';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

// The command line has no option for the cookie's name, hence this file.
await compile({
  project: at('../project.inlang'),
  outdir: at('../dist'),
  strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
  cookieName: 'locale',
  emitTsDeclarations: true,
  emitGitIgnore: false,
  emitPrettierIgnore: false,
  emitReadme: false,
});
// The compiler leaves timers behind that hold the process for half a minute.
process.exit(0);
