// systemd itself as the first process of namespaces of its own, for the unit that we ship: what it allows and forbids holds as in
// production. Nothing of the machine's /etc, /opt, /run, /srv, /tmp or /var is seen to change outside.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, type Child } from '../../../src/cli/lab/child.ts';
import type { Space } from './namespaces.ts';

const repository = join(import.meta.dirname, '../../..');

/** Starts nothing of the machine's own. */
const target = '[Unit]\nDescription=Laboratory\nDefaultDependencies=no\nWants=systemd-journald.service\n';
/**
 * What a machine that boots would have done before, and the Node.js that the tests run. A system call that the filter lets fail in
 * production kills here: a test that ends well needed none of them.
 */
const dropIn = '[Unit]\nDefaultDependencies=no\n[Service]\nEnvironment=LEASEHOLD_NODE=/opt/node\nSystemCallErrorNumber=kill\n';

/** As an operator installs it: the program and its native module under /opt/leasehold, its user, its unit. */
const bootScript = (folder: string): string => `set -e
mount --make-rprivate /
mount -t tmpfs tmpfs ${folder}
mkdir -p ${folder}/opt/leasehold/node_modules
cd '${repository}'
cp -a leasehold bin dist packaging ${folder}/opt/leasehold/
cp -aL node_modules/koffi ${folder}/opt/leasehold/node_modules/
[ ! -e node_modules/@koromix ] || cp -aL node_modules/@koromix ${folder}/opt/leasehold/node_modules/
chmod -R go+rX ${folder}/opt
cd /
touch ${folder}/opt/node
mount --bind '${process.execPath}' ${folder}/opt/node
cp -a /etc ${folder}/etc
rm -rf ${folder}/etc/systemd/system/*.wants
mount --bind ${folder}/etc /etc
mount --rbind ${folder}/opt /opt
for place in /run /srv /tmp /var; do mount -t tmpfs tmpfs $place; done
mkdir -p /run/lock /var/lib /var/log /var/tmp /etc/dhcp /etc/systemd/system/leasehold.service.d
mount -t cgroup2 cgroup2 /sys/fs/cgroup
systemd-sysusers /opt/leasehold/packaging/leasehold.sysusers
cp /opt/leasehold/packaging/leasehold.service /etc/systemd/system/
printf '${target.replaceAll('\n', '\\n')}' > /etc/systemd/system/laboratory.target
printf '${dropIn.replaceAll('\n', '\\n')}' > /etc/systemd/system/leasehold.service.d/laboratory.conf
export container=lxc
exec /lib/systemd/systemd --unit=laboratory.target --log-target=journal --show-status=no
`;

export class ServiceManager {
  readonly #init: number;

  private constructor(init: number) {
    this.#init = init;
  }

  /** In the network namespace of `host`; ends with it. `folder` is an empty one for what only this manager sees. */
  static async boot(host: Space, folder: string): Promise<ServiceManager> {
    mkdirSync(folder, { recursive: true });
    const script = `${folder}.sh`;
    writeFileSync(script, bootScript(folder));
    const child = host.start(['unshare', '--mount', '--pid', '--fork', '--kill-child', '--cgroup', '--ipc', '--uts', '--mount-proc', 'sh', script]);
    const manager = new ServiceManager(await eventually('the first process', () => firstChild(child)));
    await eventually('a service manager that answers', () => {
      if (child.hasExited) throw new Error(`the service manager ended: ${child.text}`);
      return manager.#try('systemctl', 'show', '--property=Version') === 0 ? true : undefined;
    });
    return manager;
  }

  #words(words: readonly string[]): string[] {
    return ['--target', String(this.#init), '--mount', '--pid', '--cgroup', '--ipc', '--uts', '--', ...words];
  }
  #try(...words: readonly string[]): number | null {
    return spawnSync('nsenter', this.#words(words), { stdio: 'ignore' }).status;
  }

  /** Runs a command where the manager runs; its output. Throws, with what was said, when it fails. */
  run(...words: readonly string[]): string {
    return execFileSync('nsenter', this.#words(words), { encoding: 'utf8' });
  }
  write(path: string, text: string): void {
    execFileSync('nsenter', this.#words(['sh', '-c', `mkdir -p "$(dirname "$0")" && cat > "$0"`, path]), { input: text });
  }
  /** Properties of the unit, `Name=value` each, as systemctl show tells them. */
  properties(unit: string, ...names: readonly string[]): string[] {
    return this.run('systemctl', 'show', unit, `--property=${names.join(',')}`).trim().split('\n').sort();
  }
  journal(unit: string): string {
    return this.run('journalctl', '--unit', unit, '--output', 'cat', '--no-pager');
  }
}

function firstChild({ pid }: Child): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]) || undefined;
  } catch {
    return undefined;
  }
}
