// Replaces this process by another program, keeping its pid: execve(2), which Node 20 does not offer.

import { libc, errnoName } from './libc.ts';
import { NativeBlock } from './native.ts';

const FD_CLOEXEC_OFF = 0;
const F_SETFD = 2;
const standardDescriptors = [0, 1, 2];

/** Ended by NUL. */
function stringBlock(text: string): NativeBlock {
  const bytes = Buffer.from(`${text}\0`);
  const block = new NativeBlock(bytes.length);
  block.bytes.set(bytes);
  return block;
}
/** A char*[] ended by NULL, which holds its strings. */
function stringArray(items: readonly string[]): NativeBlock {
  const array = new NativeBlock((items.length + 1) * 8);
  items.forEach((item, i) => array.pointTo(i * 8, stringBlock(item)));
  return array;
}

/** Returns only on failure, with its reason. `kept`: descriptors that the next image needs besides the standard ones. */
export function replaceProcess(words: readonly string[], environment: NodeJS.ProcessEnv, kept: readonly number[] = []): string {
  // Node marks even the standard ones to be closed.
  for (const fd of [...standardDescriptors, ...kept]) libc.fcntl(fd, F_SETFD, FD_CLOEXEC_OFF);
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value ?? ''}`);
  const program = stringBlock(words[0] ?? '');
  const argv = stringArray(words);
  const envp = stringArray(variables);
  libc.execve(program.address, argv.address, envp.address);
  return `cannot execute ${words[0] ?? ''}: ${errnoName()}`;
}

/** The words that started this process, for starting it again. */
export const ownCommandLine = (): string[] => [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
