// How Foreman's smart-proxy reads a lease file: the newest record of a name counts, `deleted;` takes it away, a reservation needs MAC
// and address, `dynamic;` says that it may be deleted over OMAPI (OMAPI reference §4.2).

export interface ForemanHost {
  readonly name: string;
  readonly ip: string;
  readonly mac: string;
  readonly isDeletable: boolean;
  readonly hostname: string | undefined;
  readonly filename: string | undefined;
  readonly nextServer: string | undefined;
}

export function foremanHosts(text: string): ForemanHost[] {
  const hosts = new Map<string, ForemanHost>();
  for (const [, name = '', body = ''] of text.matchAll(/^host (\S+) \{\n([^]*?)^\}/gm)) {
    hosts.delete(name);
    const word = (pattern: RegExp): string | undefined => pattern.exec(body)?.[1];
    const mac = word(/hardware ethernet ([0-9a-f:]+);/);
    const ip = word(/fixed-address ([\d.]+)[,;]/);
    if (/^\s*deleted;/m.test(body) || mac === undefined || ip === undefined) continue;
    hosts.set(name, {
      name, ip, mac,
      isDeletable: /^\s*dynamic;/m.test(body),
      hostname: word(/host-name = "([^"]*)"/),
      filename: word(/server\.filename = "([^"]*)"/),
      nextServer: word(/server\.next-server = ([0-9a-f:]+)/),
    });
  }
  return [...hosts.values()];
}
