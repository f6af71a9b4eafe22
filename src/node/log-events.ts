// Facts about the node as a whole.

import { logEvent } from '../model/log-event.ts';

export const leasingStopped = logEvent<{ reason: string }>({
  id: 'LEASING_STOPPED',
  level: 'error',
  text: ({ reason }) => `leases can't be made durable (${reason}): pools closed, reserved hosts are still answered`,
  help: 'Nothing can be written to the lease file, so no lease is granted or renewed. Hosts with a fixed-address are served on. A full disk heals by itself once there is space; after a failed fdatasync restart the server on a sound disk.',
});

export const leasingResumed = logEvent<object>({
  id: 'LEASING_RESUMED',
  level: 'info',
  text: () => 'leases are durable again: pools opened',
  help: 'The lease file was rewritten whole after a failed write, so memory and disk agree.',
});

export const clockStepped = logEvent<{ deltaSeconds: number }>({
  id: 'CLOCK_STEPPED',
  level: 'error',
  text: ({ deltaSeconds }) =>
    `the wall clock jumped by ${deltaSeconds} s: stored times are moved with it, no lease is cut short or extended`,
  help: 'Leases run on the monotonic clock. Check time synchronisation on this machine: a failover partner refuses a difference above 60 s.',
});

export const reloaded = logEvent<{ subnets: number; hosts: number; rows: number }>({
  id: 'RELOADED',
  level: 'info',
  text: ({ subnets, hosts, rows }) =>
    `configuration reloaded: ${subnets} subnets, ${hosts} hosts, ${rows} pool addresses`,
  help: 'The new configuration serves from this packet on; no lease was lost.',
});

export const nameResolved = logEvent<{ name: string; addresses: string }>({
  id: 'NAME_RESOLVED',
  level: 'info',
  text: ({ name, addresses }) => `${name} is ${addresses}`,
  help: 'A host name of the configuration was looked up in the background; replies use these addresses from now on.',
});

export const nameUnresolved = logEvent<{ name: string; detail: string; isKnown: boolean }>({
  id: 'NAME_UNRESOLVED',
  level: 'error',
  text: ({ name, detail, isKnown }) =>
    isKnown
      ? `${name}: ${detail}; its last known addresses stay in use`
      : `${name}: ${detail}; replies leave this name out until it resolves`,
  help: 'A host name of the configuration could not be looked up. Literal addresses beside it are still sent. Put addresses into the configuration to be independent of the resolver.',
});
