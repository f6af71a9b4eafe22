// `leasehold boot-files`: the file server as the server starts it. Hidden, because nobody else has a reason to.

import { buildCommand } from '@stricli/core';
import type { FileServerSettings } from '../shell/boot/file-server.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { CliContext } from './cli-context.ts';
import { dottedAddress, wholeIn } from './flag-values.ts';

interface Flags {
  readonly root: string;
  readonly user: string;
  readonly address: Ipv4;
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
        address: { kind: 'parsed', parse: dottedAddress, brief: 'Address to serve on', default: '0.0.0.0', placeholder: 'ADDRESS' },
        tftpPort: { kind: 'parsed', parse: wholeIn(0, 65_535), brief: 'UDP port; 0: none', placeholder: 'PORT' },
        httpPort: { kind: 'parsed', parse: wholeIn(0, 65_535), brief: 'TCP port; 0: none', placeholder: 'PORT' },
      },
    },
    async func(flags) {
      this.process.exitCode = await run(flags);
    },
  });
