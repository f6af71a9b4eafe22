// `leasehold boot-files`: the file server as the server starts it. Hidden, because nobody else has a reason to.

import { buildCommand } from '@stricli/core';
import type { FileServerSettings } from '../shell/boot/file-server.ts';
import { anyAddress, parseIpv4 } from '../std/ipv4.ts';
import type { CliContext } from './cli-context.ts';

interface Flags {
  readonly root: string;
  readonly user: string;
  readonly address: string;
  readonly tftpPort: number;
  readonly httpPort: number;
}

export type RunFileServer = (settings: FileServerSettings) => Promise<number>;

export const bootFilesCommand = (run: RunFileServer) =>
  buildCommand<Flags, [], CliContext>({
    docs: { brief: 'Serve boot files; started by the server' },
    parameters: {
      flags: {
        root: { kind: 'parsed', parse: String, brief: 'Folder of the files', placeholder: 'FOLDER' },
        user: { kind: 'parsed', parse: String, brief: 'User who reads them', placeholder: 'USER' },
        address: { kind: 'parsed', parse: String, brief: 'Address to serve on', default: '0.0.0.0', placeholder: 'ADDRESS' },
        tftpPort: { kind: 'parsed', parse: Number, brief: 'UDP port; 0: none', placeholder: 'PORT' },
        httpPort: { kind: 'parsed', parse: Number, brief: 'TCP port; 0: none', placeholder: 'PORT' },
      },
    },
    async func({ address, ...flags }) {
      this.process.exitCode = await run({ ...flags, address: parseIpv4(address) ?? anyAddress });
    },
  });
