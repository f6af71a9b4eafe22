// A configuration of the size of a university's or a data centre's: hosts by the thousand, subnets, classes with subclasses. The
// same numbers give the same text.

export interface LargeShape {
  /** Each with a fixed address of its own, four to seven lines. */
  readonly hosts: number;
  /** /24 networks from 10.0.0.0 on, each with a pool of 151 addresses above those of its hosts. */
  readonly subnets: number;
  /** Of one class that matches by hardware address. */
  readonly subclasses: number;
}

/** Addresses of a subnet below its pool that hosts may have. */
const reservedPerSubnet = 99;
const quad = (ip: number): string => `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
const byte = (value: number): string => (value & 255).toString(16).padStart(2, '0');

/** Hardware address of host or client number `index`, from 0. */
export const largeHardware = (index: number): Uint8Array => Uint8Array.of(2, 0x10, index >>> 24, index >>> 16, index >>> 8, index);
/** Of subclass number `index`. */
export const subclassHardware = (index: number): Uint8Array => Uint8Array.of(2, 0x20, index >>> 24, index >>> 16, index >>> 8, index);
const macText = (hardware: Uint8Array): string => Array.from(hardware, byte).join(':');
/** Fixed address of host `index`: .1 to .99 of a subnet, all subnets in turn. */
export const largeAddress = (index: number, { subnets }: LargeShape): number =>
  0x0a000000 + (index % subnets) * 256 + 1 + (Math.floor(index / subnets) % reservedPerSubnet);

const head = `# dhcpd.conf, written by the inventory
authoritative;
ddns-update-style none;
ping-check false;
default-lease-time 43200;
max-lease-time 86400;
option domain-name "campus.test";
option domain-name-servers 10.255.0.53, 10.255.1.53;
option ntp-servers 10.255.0.123;
option arch code 93 = unsigned integer 16;

class "visitors" {
  match if option vendor-class-identifier = "visitor";
}
class "pxe" {
  match if substring(option vendor-class-identifier, 0, 9) = "PXEClient";
  next-server 10.255.0.69;
  if option arch = 00:07 {
    filename "efi/shimx64.efi";
  } else {
    filename "bios/pxelinux.0";
  }
}
`;

function subnetText(index: number): string {
  const network = 0x0a000000 + index * 256;
  return `
# building ${index % 40}, floor ${index % 7}
subnet ${quad(network)} netmask 255.255.255.0 {
  option routers ${quad(network + 254)};
  option broadcast-address ${quad(network + 255)};
  pool {
    range ${quad(network + 100)} ${quad(network + 250)};
    # the fitters' laptops
    deny members of "visitors";
  }
}
`;
}

/** Every eighth host has options, every thirty-second boots from elsewhere. */
function hostText(index: number, shape: LargeShape): string {
  const lines = [`  hardware ethernet ${macText(largeHardware(index))};`, `  fixed-address ${quad(largeAddress(index, shape))};`];
  if (index % 8 === 0) lines.push(`  option host-name "pc-${index}";`);
  if (index % 32 === 0) lines.push('  next-server 10.255.0.70;', '  filename "special.efi";');
  return `host pc-${index} {\n${lines.join('\n')}\n}\n`;
}

function hostGroups(shape: LargeShape): string {
  const groups: string[] = [];
  for (let from = 0; from < shape.hosts; from += 500) {
    const hosts = Array.from({ length: Math.min(500, shape.hosts - from) }, (_, offset) => hostText(from + offset, shape)).join('');
    groups.push(`\ngroup {\n  # room ${from / 500}\n  option log-servers 10.255.0.${1 + (from / 500) % 250};\n${hosts}}\n`);
  }
  return groups.join('');
}

export function largeConfig(shape: LargeShape): string {
  const printers = Array.from({ length: shape.subclasses }, (_, index) => `subclass "printers" 1:${macText(subclassHardware(index))};\n`);
  const subnets = Array.from({ length: shape.subnets }, (_, index) => subnetText(index));
  return [head, '\nclass "printers" {\n  match hardware;\n  option domain-name "print.campus.test";\n}\n', ...printers, ...subnets, hostGroups(shape)].join('');
}

/** What must be checked in a second: at least 20,000 lines and 5,000 hosts. */
export const campus: LargeShape = { hosts: 5_000, subnets: 200, subclasses: 500 };
