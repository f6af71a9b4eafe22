// A machine of QEMU on a laboratory's switch, which has nothing but firmware and a network card: it boots from the network or not
// at all. Its serial console is the test's window; software emulation, because nested KVM cannot run early firmware.

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from '../../../src/cli/lab/child.ts';
import type { Segment } from '../../../src/cli/lab/segment.ts';

type UefiFirmware = 'uefi' | 'http' | 'ia32';

export interface MachineOptions {
  readonly mac: string;
  /** `bios` has iPXE as the ROM of its card, `uefi` and `ia32` the firmware's own PXE, `http` the firmware's own HTTP boot. */
  readonly firmware: 'bios' | UefiFirmware;
  /** For the firmware's variables: new ones for every machine, since a boot order in old ones names another card. */
  readonly folder: string;
  /** A drive in the words of QEMU, behind the network card in the boot order. */
  readonly disk?: string;
  /** It starts over when it gives up; otherwise it ends. */
  readonly reboots?: boolean;
}

const firmwareFolder = '/usr/share/OVMF';
let count = 0;

/** The longest that firmware, loader and kernel may take on a busy machine. */
export const bootMillisMax = 300_000;

export class VirtualMachine {
  readonly child: Child;
  #raw = '';

  private constructor(child: Child) {
    this.child = child;
    child.process.stdout?.on('data', (text: string) => {
      this.#raw += text;
    });
  }

  /** All that its console showed, in no lines: what draws a screen ends none. Firmware moves the cursor in the middle of words. */
  get console(): string {
    // oxlint-disable-next-line no-control-regex -- exactly this one begins an escape
    return this.#raw.replace(/\u001b\[[\d;?=]*[A-Za-z]/g, '');
  }

  static start(lan: Segment, { mac, firmware, folder, disk, reboots = false }: MachineOptions): VirtualMachine {
    const number = count++;
    const tap = `tap${number}`;
    lan.space.ip('tuntap', 'add', tap, 'mode', 'tap');
    lan.space.ip('link', 'set', tap, 'master', 'br0', 'up');
    // A card with a ROM that QEMU brings would put iPXE in front of the firmware's own loader.
    const rom = firmware === 'bios' ? '' : ',romfile=';
    const card = ['-netdev', `tap,id=n0,ifname=${tap},script=no,downscript=no`, '-device', `virtio-net-pci,netdev=n0,mac=${mac}${rom}${disk === undefined ? '' : ',bootindex=0'}`];
    const drive = disk === undefined ? [] : ['-drive', `if=none,id=d0,${disk}`, '-device', 'virtio-blk-pci,drive=d0,bootindex=1'];
    const common = ['-accel', 'tcg', '-m', '256', '-display', 'none', '-monitor', 'none', ...(reboots ? [] : ['-no-reboot']), '-serial', 'stdio'];
    return new VirtualMachine(lan.space.start(['qemu-system-x86_64', ...common, ...(firmware === 'bios' ? bios : uefi(join(folder, `vars-${number}.fd`), firmware)), ...card, ...drive]));
  }

  /** Waits until its console has shown this. */
  shows(pattern: RegExp, millis = bootMillisMax): Promise<void> {
    const { stdout } = this.child.process;
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        stdout?.off('data', look).off('close', fail);
        end();
      };
      const look = (): void => {
        if (pattern.test(this.console)) settle(resolve);
      };
      const fail = (): void => settle(() => reject(new Error(`its console never showed ${pattern}; at last:\n${JSON.stringify(this.console.slice(-2_000))}`)));
      const timer = setTimeout(fail, millis);
      stdout?.on('data', look).once('close', fail);
      look();
    });
  }
}

/** Without graphics BIOS, iPXE and pxelinux use the serial console. */
const bios = ['-machine', 'pc,graphics=off', '-boot', 'n'];

function uefi(variables: string, firmware: UefiFirmware): string[] {
  const [code, fresh] = firmware === 'ia32' ? ['OVMF32_CODE_4M.secboot.fd', 'OVMF32_VARS_4M.fd'] : ['OVMF_CODE_4M.fd', 'OVMF_VARS_4M.fd'];
  copyFileSync(join(firmwareFolder, fresh), variables);
  const off = (name: string): string[] => ['-fw_cfg', `name=opt/org.tianocore/${name},string=n`];
  return [
    // The 32-bit build keeps its variables by system management mode.
    ...(firmware === 'ia32' ? ['-machine', 'q35,smm=on', '-global', 'driver=cfi.pflash01,property=secure,value=on'] : ['-machine', 'q35']),
    '-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${join(firmwareFolder, code)}`,
    '-drive', `if=pflash,format=raw,unit=1,file=${variables}`,
    ...(firmware === 'http' ? [...off('IPv4PXESupport'), ...off('IPv6PXESupport')] : []),
  ];
}
