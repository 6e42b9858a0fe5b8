// AINOTEBOOK_URL=http://127.0.0.1:3000 npx vite examples/web
import { defineConfig } from 'vite';

const target = process.env.AINOTEBOOK_URL ?? 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  // Without a key the server answers pages of its own origin only: they ask where they came from, and are handed on.
  server: { host: '127.0.0.1', proxy: { '/api': { target, changeOrigin: true } } },
});
