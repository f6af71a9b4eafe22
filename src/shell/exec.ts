// Replaces this process by another program, keeping its pid: execve(2), which Node 20 does not offer.

import { libc, errnoName } from './libc.ts';
import { NativeBlock } from './native.ts';

const FD_CLOEXEC_OFF = 0;
const F_SETFD = 2;
const standardDescriptors = [0, 1, 2];

/** A char*[] ended by NULL. The blocks must outlive its use. */
function stringArray(items: readonly string[]): { readonly array: NativeBlock; readonly blocks: NativeBlock[] } {
  const array = new NativeBlock((items.length + 1) * 8);
  const blocks = items.map((item, i) => {
    const bytes = Buffer.from(`${item}\0`);
    const block = new NativeBlock(bytes.length);
    block.bytes.set(bytes);
    array.pointer(i * 8, block.address);
    return block;
  });
  return { array, blocks };
}

/** Returns only on failure, with its reason. `kept`: descriptors that the next image needs besides the standard ones. */
export function replaceProcess(words: readonly string[], environment: NodeJS.ProcessEnv, kept: readonly number[] = []): string {
  // Node marks even the standard ones to be closed.
  for (const fd of [...standardDescriptors, ...kept]) libc.fcntl(fd, F_SETFD, FD_CLOEXEC_OFF);
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value ?? ''}`);
  const path = stringArray([words[0] ?? '']);
  const argv = stringArray(words);
  const envp = stringArray(variables);
  const program = path.blocks[0]?.address ?? 0;
  libc.execve(program, argv.array.address, envp.array.address);
  return `cannot execute ${words[0] ?? ''}: ${errnoName()}`;
}

/** The words that started this process, for starting it again. */
export const ownCommandLine = (): string[] => [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
