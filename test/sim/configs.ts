// The configurations that simulations run, as text, through the production language and compiler.

import assert from 'node:assert/strict';
import { loadConfig } from '../../src/config/load-config.ts';
import type { ServerConfig } from '../../src/model/server-config.ts';

export const addressA = '10.0.0.1';
export const addressB = '10.0.0.2';

export function configFrom(text: string): ServerConfig {
  const loaded = loadConfig({
    path: 'simulation.conf',
    read: (path) => (path === 'simulation.conf' ? { ok: true, value: text } : { ok: false, error: { problem: 'No such file or directory' } }),
  });
  assert.ok(loaded.ok);
  const { config, diagnostics } = loaded.value;
  assert.ok(config !== undefined, diagnostics.map(({ message }) => message).join('\n'));
  return config;
}

const subnet = (inside: string): string => `
authoritative;
ping-check off;
dhcp-cache-threshold 0;
default-lease-time 600;
max-lease-time 3600;
min-lease-time 60;
subnet 10.0.0.0 netmask 255.255.255.0 {
  option routers 10.0.0.254;
  ${inside}
}
`;

export const singleConfig = (poolSize: number): ServerConfig =>
  configFrom(subnet(`range 10.0.0.100 10.0.0.${99 + poolSize};`));

const peer = (role: 'primary' | 'secondary', mclt: number, extra: string): string => `
failover peer "fo" {
  ${role};
  address ${role === 'primary' ? addressA : addressB};
  peer address ${role === 'primary' ? addressB : addressA};
  max-response-delay 10;
  max-unacked-updates 10;
  load balance max seconds 3;
  ${role === 'primary' ? `mclt ${mclt}; split 128;` : ''}
  ${extra}
}
`;

/** Primary and secondary of a pair with one pool. */
export const pairConfigs = (poolSize: number, mclt = 60, extra = ''): [ServerConfig, ServerConfig] => {
  const text = subnet(`pool { failover peer "fo"; range 10.0.0.100 10.0.0.${99 + poolSize}; }`);
  return [configFrom(peer('primary', mclt, extra) + text), configFrom(peer('secondary', mclt, extra) + text)];
};
