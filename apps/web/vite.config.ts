import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';
import { serviceWorker } from './scripts/service-worker.mjs';

const api = { target: 'http://127.0.0.1:3000', changeOrigin: false };

export default defineConfig({
  plugins: [
    react(),
    tailwindcss(),
    compression({
      algorithms: ['gzip', 'brotliCompress'],
      include: /\.(js|css|svg|html|json)$/,
      exclude: /\.vite\//,
      threshold: 1024,
      skipIfLargerOrEqual: true,
    }),
    serviceWorker(),
  ],
  // Parts of the app name each other by where they themselves came from: this server, or a CDN.
  experimental: {
    renderBuiltUrl: (_file, { hostType }) => (hostType === 'html' ? undefined : { relative: true }),
  },
  build: {
    target: 'es2022',
    manifest: true,
    // The content security policy allows scripts and fonts from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      // Their packages do not say so, and the shell would fetch it with the rest.
      treeshake: {
        moduleSideEffects: [
          { test: /@trpc.client.dist.wsLink|[\\/]diff[\\/]libesm[\\/]/, sideEffects: false },
        ],
      },
      output: {
        codeSplitting: {
          // Words, icons and helpers of several screens would else be a hundred tiny files.
          groups: [
            {
              // Fetched after the first screen; what it stands on stays with the rest of its package.
              name: 'live',
              test: /@trpc.client.dist.wsLink|src\/features\/live\/(connect|apply)/,
              priority: 20,
              includeDependenciesRecursively: false,
            },
            {
              // The same; for what is kept on the device.
              name: 'hydration',
              test: /query-core.build.modern.hydration/,
              priority: 20,
              includeDependenciesRecursively: false,
            },
            {
              name: 'vendor',
              test: /node_modules.(\.pnpm.)?(react|react-dom|scheduler|@tanstack(?!.(react-)?virtual)|@trpc|superjson)[@/+]/,
              priority: 10,
            },
            // The two editors, each on demand.
            { name: 'prosemirror', test: /node_modules.(\.pnpm.)?prosemirror-/ },
            {
              name: 'codemirror',
              test: /node_modules.(\.pnpm.)?(@codemirror|@lezer|@marijn|crelt|style-mod)[@/+]/,
            },
            {
              name: 'frame',
              test: /radix-ui|@radix-ui|floating-ui|aria-hidden|remove-scroll|src\/ui\/(dialog|menu)/,
              minShareCount: 2,
            },
            {
              // Shops and their words are for few: what their screens share is not for the shell.
              name: 'billing',
              test: /src\/features\/billing\/|src\/lib\/money|messages\/(benefit|channel|checkout|orders?|plan|pricing|redeem)_/,
              minShareCount: 2,
              priority: 20,
              includeDependenciesRecursively: false,
            },
            {
              // Icons of the administrator's screens, of settings and of notifications, and of nothing else.
              name: 'seldom',
              test: /lucide-react.*[\\/]icons[\\/](ban|flag|key-round|package|webhook)\.mjs/,
              priority: 20,
              includeDependenciesRecursively: false,
            },
            {
              // What the AI took, for those who look at it.
              name: 'usage',
              test: /src\/lib\/cost|src\/ui\/meter|messages\/usage_/,
              minShareCount: 2,
              priority: 20,
              includeDependenciesRecursively: false,
            },
            {
              // What an AI wrote, for the few dialogs that tell of it.
              name: 'origin',
              test: /messages\/(assist|origin)_|assist\/assist-words|src\/features\/provenance\//,
              minShareCount: 2,
              priority: 20,
              includeDependenciesRecursively: false,
            },
            {
              // The sheet and the page of settings that list the keys.
              name: 'shortcuts',
              test: /messages\/shortcuts_(?!title)/,
              minShareCount: 2,
              priority: 20,
              includeDependenciesRecursively: false,
            },
            // Watched from the first screen on, which needs nothing else of the frame.
            { name: 'focus', test: /src\/ui\/return-focus/, priority: 20 },
            {
              name: 'shared',
              // Before the frame, which would else take buttons and words along.
              priority: 5,
              test: /packages\/messages|lucide-react|src\/lib\/(?!bytes|use-media|find-quote)|src\/ui\/(?!dialog|menu|loaded)|src\/features\/[a-z]+\/[a-z-]+-(hooks|cache)/,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
  server: {
    // Patterns: a plain '/p' would take '/published' along, and '/s' the sources.
    proxy: {
      '^/(api|p|u|s|tag)/': api,
      '^/(terms|privacy|feed\\.(xml|json)|sitemap(-\\d+)?\\.xml|robots\\.txt)$': api,
      '^/ws$': { ...api, ws: true },
    },
  },
});
