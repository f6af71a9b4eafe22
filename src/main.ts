// The composition root: which program this is, and the parts it is made of. Each part is loaded when it is wanted, because a command
// that reads one file should not wait until a server has been compiled.

import { isMainThread } from 'node:worker_threads';

const serverParts = () => import('./server-parts.ts');

/** Resolves with the exit status. */
async function run(words: readonly string[]): Promise<number> {
  if (words[0] === 'dhcpd') {
    // The whole server, before it changes its root and its user: behind that nothing can be loaded.
    const [{ runDhcpd }, { startServer, testAsDhcpd }] = await Promise.all([import('./cli/dhcpd.ts'), serverParts()]);
    return runDhcpd(words.slice(1), { serve: startServer, test: testAsDhcpd });
  }
  const { runLeasehold } = await import('./cli/main.ts');
  return runLeasehold(words, {
    serve: async (settings) => (await serverParts()).startServer(settings),
    serveBootFiles: async (settings) => (await import('./shell/boot/file-server.ts')).runFileServer(settings),
    repair: async (configPath, leasePath) => (await serverParts()).repairPlainly(configPath, leasePath),
  });
}

/** A server starts its own program once more as a thread, to read a new configuration. */
async function readConfiguration(): Promise<void> {
  const [{ answerReadOrder }, { loaderFor }] = await Promise.all([import('./shell/config-thread.ts'), import('./cli/load-for-serving.ts')]);
  answerReadOrder(loaderFor);
}

if (isMainThread) process.exitCode = await run(process.argv.slice(2));
else await readConfiguration();
