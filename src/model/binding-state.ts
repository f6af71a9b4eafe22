// The seven binding states of failover-12 §5.1, as operators see them in dhcpd.leases.

/** Row order is the number on the failover wire minus one; also the byte in the lease table column. */
export const bindingStates = [
  'free',
  'active',
  'expired',
  'released',
  'abandoned',
  'reset',
  'backup',
] as const;
export type BindingState = (typeof bindingStates)[number];

/** Column and wire codes, 1..7; 0 in a column means *never written*. */
export const bindingCode: Readonly<Record<BindingState, number>> = {
  free: 1,
  active: 2,
  expired: 3,
  released: 4,
  abandoned: 5,
  reset: 6,
  backup: 7,
};
export const bindingStateOf = (code: number): BindingState | undefined => bindingStates[code - 1];
