// The configurations that simulations run, as text, through the production language and compiler.

import assert from 'node:assert/strict';
import { loadConfig } from '../../src/config/load-config.ts';
import type { ServerConfig } from '../../src/model/server-config.ts';
import type { Part } from './sim.ts';

export const addressA = '10.0.0.1';
export const addressB = '10.0.0.2';

export function configFrom(text: string, leaseholdText = ''): ServerConfig {
  const texts = new Map([['simulation.conf', text], ['leasehold.conf', leaseholdText]]);
  const loaded = loadConfig({
    path: 'simulation.conf',
    leaseholdConf: 'leasehold.conf',
    read: (path) => {
      const value = texts.get(path);
      return value === undefined ? { ok: false, error: { problem: 'No such file or directory' } } : { ok: true, value };
    },
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

const peer = (role: 'primary' | 'secondary', mclt: number): string => `
failover peer "fo" {
  ${role};
  address ${role === 'primary' ? addressA : addressB};
  peer address ${role === 'primary' ? addressB : addressA};
  max-response-delay 10;
  max-unacked-updates 10;
  load balance max seconds 3;
  ${role === 'primary' ? `mclt ${mclt}; split 128;` : ''}
}
`;

/** Primary and secondary of a pair with one pool, and the seconds of their contact interval; 0: dhcpd's rule. */
export const pairConfigs = (poolSize: number, mclt: number, contact: number): [ServerConfig, ServerConfig] => {
  const text = subnet(`pool { failover peer "fo"; range 10.0.0.100 10.0.0.${99 + poolSize}; }`);
  const settings = `relationship { contact-interval ${contact}; }\n`;
  return [configFrom(peer('primary', mclt) + text, settings), configFrom(peer('secondary', mclt) + text, settings)];
};

/** Every second pair keeps to dhcpd's rule, so that both speeds of noticing a silent partner are played. */
export const contactOf = (seed: number, { contact }: Part): number => contact ?? seed % 2;
