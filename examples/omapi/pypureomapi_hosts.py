"""A host made, found and deleted again with pypureomapi: python3 pypureomapi_hosts.py SERVER"""

import sys

import pypureomapi

omapi = pypureomapi.Omapi(sys.argv[1], 7911, b"omapi_key", b"0uoTYDfmQzVgjvvC1EIt/w==")
omapi.add_host_supersede_name("192.168.50.42", "02:d0:00:00:00:02", "db2")
print(omapi.lookup_by_host(name="db2"))
omapi.del_host("02:d0:00:00:00:02")
omapi.close()
