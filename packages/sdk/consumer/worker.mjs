import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

/** Serves the program from Cloudflare's runtime, without its imitation of Node. @returns its address */
export async function openWorker({ workerd, project, baseUrl, signal }) {
  project.write(
    'worker-entry.js',
    `import { run } from './out/program.js';
     export default { fetch: () => run('${baseUrl}').then(
       (text) => new Response(text),
       (error) => new Response(String(error?.stack ?? error), { status: 500 }),
     ) };`,
  );
  await build({
    entryPoints: [path.join(project.folder, 'worker-entry.js')],
    outfile: path.join(project.folder, 'worker.js'),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    conditions: ['workerd'],
    logLevel: 'error',
  });
  project.write('worker.capnp', CONFIG);
  const args = ['serve', 'worker.capnp', '--control-fd=1'];
  const child = spawn(path.join(workerd, 'bin/workerd'), args, {
    cwd: project.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error('workerd has ended');
  });
  ended.catch(() => undefined);
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  return {
    url: `http://127.0.0.1:${JSON.parse(line).port}/`,
    close: async () => {
      child.kill();
      await ended.catch(() => undefined);
    },
  };
}

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.js")],
      compatibilityDate = "2026-11-01",
    )),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
