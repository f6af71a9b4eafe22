// No lint cries wolf: what is said of the examples, and of the sample configuration that dhcpd comes with, is this and no more.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { globSync } from '../../../tools/glob.ts';
import { readConfigText } from '../../cli/read-config.ts';
import { checkConfig } from '../check-config.ts';

/** Codes in the order of the report. The two files of `brief` are there for their flaws. */
const said: Readonly<Record<string, string>> = {
  'examples/brief/dhcp01.conf': 'L2001 L2002 L2003 L2010 L2009 L2011 C1317 L2007 L2005 L2015 L2016 L2044 L2046 L2012',
  'examples/brief/dhcp02.conf': 'L2001 L2010 L2009 L2011 C1317 L2006 L2005 L2015 L2016 L2044 L2046 L2012',
  'examples/boot-pair/dhcp01.conf': '',
  'examples/boot-pair/dhcp02.conf': '',
  // When the omapi-key secures failover; OMAPI on every address, as with dhcpd.
  'examples/brief-live-pool/dhcp01.conf': 'L2016 L2046',
  'examples/brief-live-pool/dhcp02.conf': 'L2016 L2046',
  'examples/office-lan/dhcpd.conf': '',
  // hmac-md5, which its tools need.
  'examples/omapi/dhcpd.conf': 'L2044',
  'examples/openshift/dhcpd.conf': '',
  'examples/pxe/dhcpd.conf': '',
  'examples/relay-site/dhcpd.conf': '',
};

function codesOf(path: string): string {
  const checked = checkConfig({ path, read: readConfigText, leaseholdConf: path.replace(/[^/]*$/, 'leasehold.conf') });
  assert.ok(checked.ok, path);
  return checked.value.report.map(({ code }) => code).join(' ');
}

test('every example is in the table', () => {
  const files = globSync('examples', '.conf').filter((path) => !path.endsWith('/leasehold.conf'));
  assert.deepEqual(files.toSorted(), Object.keys(said).toSorted());
});
for (const [path, codes] of Object.entries(said)) test(`what is said of ${path}`, () => assert.equal(codesOf(path), codes));

const sample = '/usr/share/doc/isc-dhcp-server/dhcpd.conf.example';
const isMissing = !existsSync(sample) && process.env['CI'] !== 'true' ? 'the sample of Debian package isc-dhcp-server is not here' : false;
test('what is said of dhcpd’s own sample: that its resolvers are names', { skip: isMissing }, () => {
  assert.equal(codesOf(sample), 'L2009');
});
