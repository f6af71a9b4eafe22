# The whole API of pypureomapi against one server: a line for each call, with what it returned or raised. Run twice, against dhcpd and
# against us, and compared. Handles, times and made-up numbers are masked: they differ between any two servers.

import re
import sys

import pypureomapi

HOST, PORT, KEY, SECRET = sys.argv[1], int(sys.argv[2]), sys.argv[3].encode(), sys.argv[4].encode()
MASKED = {"subnet", "pool", "host", "ends", "starts", "tstp", "tsfp", "atsfp", "cltt"}


def shown(value):
    if isinstance(value, dict):
        return {name: "MASKED" if name in MASKED and value[name] else value[name] for name in sorted(value)}
    return value


def call(label, function):
    try:
        outcome = shown(function())
    except Exception as error:  # every outcome is an answer here
        outcome = "%s: %s" % (type(error).__name__, re.sub(r"b'[0-9a-f ]+'|\d{6,}|0x[0-9a-f]+", "N", str(error))[:200])
    print("%s: %s" % (label, outcome))


def connect():
    return pypureomapi.Omapi(HOST, PORT, KEY or None, SECRET or None)


omapi = connect()
mac, other = "02:d0:00:00:00:01", "02:d0:00:00:00:02"
call("lookup_mac of a lease", lambda: omapi.lookup_mac("192.168.50.120"))
call("lookup_ip of a client", lambda: omapi.lookup_ip("02:00:5e:10:00:01"))
call("lookup_hostname of a lease", lambda: omapi.lookup_hostname("192.168.50.120"))
call("lookup_mac of a free address", lambda: omapi.lookup_mac("192.168.50.130"))
call("lookup_mac outside the ranges", lambda: omapi.lookup_mac("192.168.50.9"))
call("lookup_by_lease", lambda: omapi.lookup_by_lease(ip="192.168.50.120"))
call("add_host", lambda: omapi.add_host("192.168.50.41", mac))
call("add_host again", lambda: omapi.add_host("192.168.50.41", mac))
call("lookup_ip_host", lambda: omapi.lookup_ip_host(mac))
call("del_host", lambda: omapi.del_host(mac))
call("del_host again", lambda: omapi.del_host(mac))
call("add_host_supersede_name", lambda: omapi.add_host_supersede_name("192.168.50.42", mac, "py2"))
call("lookup_host", lambda: omapi.lookup_host("py2"))
call("lookup_host_host", lambda: omapi.lookup_host_host(mac))
call("lookup_by_host", lambda: omapi.lookup_by_host(name="py2"))
call("lookup_by_host of a fixed address", lambda: omapi.lookup_by_host(ip="192.168.50.42"))
call("lookup_host of nobody", lambda: omapi.lookup_host("nobody"))
call("add_host_supersede", lambda: omapi.add_host_supersede("192.168.50.43", other, "py3", "py3", "192.168.50.1", "ex.com"))
call("lookup_by_host by mac", lambda: omapi.lookup_by_host(mac=other))
call("add_host_without_ip", lambda: omapi.add_host_without_ip("02:d0:00:00:00:03"))
call("add_host_with_group", lambda: omapi.add_host_with_group("192.168.50.44", "02:d0:00:00:00:04", "gstatic"))
call("add_host_with_group that is not there", lambda: omapi.add_host_with_group("192.168.50.45", "02:d0:00:00:00:05", "nosuch"))
call("change_group", lambda: omapi.change_group("py2", "gstatic"))
for each in (mac, other, "02:d0:00:00:00:03", "02:d0:00:00:00:04"):
    call("del_host %s" % each, lambda: omapi.del_host(each))
omapi.close()
if KEY:
    SECRET = b"d3Jvbmcgc2VjcmV0ISEhISE="
    call("a wrong secret", lambda: connect().lookup_mac("192.168.50.120"))
    KEY, SECRET = b"nobody", sys.argv[4].encode()
    call("a wrong name", lambda: connect())
