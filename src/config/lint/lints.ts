// The lints, most important first: this is the order of a report. Codes are stable, so they do not follow it.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ConfigDraft } from '../load-config.ts';
import * as availability from './availability.ts';
import * as dead from './dead-pools.ts';
import * as failover from './failover.ts';
import * as hosts from './hosts.ts';
import * as keys from './keys.ts';
import * as times from './lease-times.ts';
import * as idle from './no-effect.ts';
import * as vain from './vain-values.ts';
import * as served from './not-served.ts';
import * as spaces from './option-spaces.ts';
import * as values from './option-values.ts';
import * as ranges from './ranges.ts';
import * as scopes from './scopes.ts';
import * as subnets from './subnet-options.ts';
import { View } from './view.ts';

type Lint = (view: View) => readonly Diagnostic[];

interface LintRow {
  readonly codes: readonly string[];
  readonly run: Lint;
  /** For docs/lints.md. */
  readonly about: string;
}

/** Said before everything else, errors included: the rest is not worth much while these stand. */
export const firstOfAll: ReadonlySet<string> = new Set(['L2001']);

export const lints: readonly LintRow[] = [
  { codes: ['L2001'], run: dead.deadPools, about: 'A pool whose addresses nobody can ever get.' },
  { codes: ['L2002'], run: ranges.fixedInRange, about: 'A fixed-address inside a range.' },
  { codes: ['L2003'], run: ranges.serverInRange, about: "A server's own address inside a range." },
  {
    codes: ['L2004'],
    run: ranges.machineInRange,
    about: 'A router, resolver, time or boot server inside a range.',
  },
  {
    codes: ['L2042'],
    run: failover.peerIsOurselves,
    about: 'A failover peer whose two ends are one machine.',
  },
  {
    codes: ['L2018'],
    run: failover.poolsWithoutPeer,
    about: 'A pool without failover beside pools with it.',
  },
  { codes: ['L2010'], run: times.endlessNotForced, about: 'Endless leases that clients can shorten.' },
  {
    codes: ['L2009'],
    run: (view) => [...availability.optionsByName(view), ...availability.machinesByName(view)],
    about: 'An address that depends on the resolver.',
  },
  { codes: ['L2039'], run: availability.namesThatDoNotResolve, about: 'A name that does not resolve (`check --resolve`).' },
  { codes: ['L2011'], run: availability.bootServerAlone, about: 'Network boot that hangs on one machine.' },
  { codes: ['L2007'], run: failover.splitMisread, about: 'A split that was probably meant for addresses.' },
  {
    codes: ['L2006'],
    run: failover.mcltOnSecondary,
    about: 'mclt on the secondary, where it has no effect.',
  },
  { codes: ['L2013'], run: keys.weakSecrets, about: 'A placeholder, readable or short secret.' },
  { codes: ['L2043'], run: keys.strayPadding, about: 'A secret that is no proper base64.' },
  { codes: ['L2017'], run: keys.omapiWithoutKey, about: 'OMAPI open to everybody.' },
  {
    codes: ['L2023'],
    run: hosts.hostsElsewhere,
    about: 'A fixed-address in no subnet, or in another one than its host.',
  },
  { codes: ['L2005'], run: scopes.hostsInsideSubnets, about: 'Hosts written inside subnets are global.' },
  {
    codes: ['L2030', 'L2029'],
    run: scopes.authority,
    about: 'authoritative that is missing, or stands below its subnets.',
  },
  { codes: ['L2014'], run: dead.endlessOpenPools, about: 'Endless leases for strangers.' },
  { codes: ['L2024'], run: dead.idlePermits, about: 'Permits that contradict each other or say nothing.' },
  { codes: ['L2025'], run: times.contradictingTimes, about: 'Lease times that cut each other.' },
  { codes: ['L2026'], run: times.beyond2038, about: 'Finite times beyond January 2038.' },
  {
    codes: ['L2031', 'L2032', 'L2033'],
    run: subnets.subnetOptions,
    about: 'Broadcast address, netmask or router that does not fit the subnet.',
  },
  { codes: ['L2034'], run: ranges.unusableInRange, about: 'Network or broadcast address inside a range.' },
  { codes: ['L2021'], run: hosts.sharedIdentity, about: 'One hardware address or identifier in several hosts.' },
  { codes: ['L2036'], run: hosts.hostsOfNobody, about: 'A host that names no machine.' },
  { codes: ['L2035'], run: hosts.impossibleHardware, about: 'A hardware address that no machine has.' },
  {
    codes: ['L2028'],
    run: scopes.shadowedStatements,
    about: 'A statement that is replaced in the same block.',
  },
  { codes: ['L2047', 'L2918'], run: (view) => [...spaces.unknownSpaces(view), ...spaces.optionsNobodySends(view)], about: 'Option spaces that do not exist, or that no option carries.' },
  { codes: ['L2038'], run: values.valuesOfWrongType, about: 'An option with a value of another type.' },
  { codes: ['L2919'], run: values.invisibleVariables, about: 'A variable that option values do not see.' },
  { codes: ['L2037'], run: scopes.joinedDomains, about: 'Several domains in one string.' },
  { codes: ['L2019'], run: failover.bootpInFailoverPool, about: 'BOOTP clients in a pool with failover.' },
  { codes: ['L2040'], run: failover.autoPartnerDown, about: 'Takeover without evidence.' },
  {
    codes: ['L2041'],
    run: failover.failoverTimers,
    about: 'Failover timers that make a pair restless or blind.',
  },
  {
    codes: ['L2901', 'L2902', 'L2903', 'L2904', 'L2907', 'L2911'],
    run: served.notServed,
    about: 'Statements that are read, not served, or without effect.',
  },
  { codes: ['L2912'], run: idle.startParametersElsewhere, about: 'A parameter of the start, written where it is not read.' },
  { codes: ['L2913'], run: idle.neverSent, about: 'Options that are not sent because they are configured.' },
  { codes: ['L2915'], run: idle.idleHandlers, about: 'Handlers that never run, and options in handlers without a reply.' },
  { codes: ['L2916'], run: idle.authorityWithoutEffect, about: 'authoritative in a pool or class.' },
  { codes: ['L2917'], run: idle.withoutItsPartner, about: 'A parameter of something that is off.' },
  { codes: ['L2920'], run: vain.evaluatedInVain, about: 'A value that eval throws away.' },
  { codes: ['L2921'], run: vain.vendorOptionsOfNoSpace, about: 'parse-vendor-option without an option space.' },
  { codes: ['L2922'], run: vain.crossedThresholds, about: 'Log thresholds that cross.' },
  { codes: ['L2923'], run: vain.namesLongerThanFields, about: 'A filename or server-name that its field cuts.' },
  { codes: ['L2914'], run: idle.updatesAreOff, about: 'Parameters of DNS updates, while these are off.' },
  { codes: ['L2908'], run: served.zonesNotServed, about: 'Zones, while DNS updates are not served.' },
  {
    codes: ['L2015'],
    run: failover.endlessDelayedByMclt,
    about: 'Endless leases that begin short, because of MCLT.',
  },
  { codes: ['L2016'], run: failover.keyIsNotFailovers, about: 'The omapi key secures failover only between two Leasehold nodes.' },
  { codes: ['L2044'], run: keys.weakAlgorithms, about: 'hmac-md5.' },
  { codes: ['L2045'], run: keys.omapiKeyWithoutPort, about: 'An omapi-key without omapi-port.' },
  { codes: ['L2046'], run: keys.omapiEverywhere, about: 'OMAPI on every address.' },
  { codes: ['L2012'], run: availability.resolverAlone, about: 'One resolver only.' },
  { codes: ['L2022'], run: hosts.sharedFixedAddress, about: 'Several hosts with one fixed-address.' },
  { codes: ['L2027'], run: scopes.unusedDeclarations, about: 'Classes, groups and keys without effect.' },
];

/** The same message about the same place is said once, however many subnets or pools it was found through. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, span, message }) => {
    const key = `${code} ${span.file.name} ${span.start} ${span.end} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

export function lintConfig(draft: ConfigDraft): readonly Diagnostic[] {
  const view = new View(draft);
  return distinct(lints.flatMap(({ run }) => run(view)));
}
