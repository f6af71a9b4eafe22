# The messages of Ansible's omapi_host module: open by MAC, else create; change of the address by an update that must be answered with
# a status; deletion by handle.

import struct
import sys

from pypureomapi import OMAPI_OP_STATUS, OMAPI_OP_UPDATE, Omapi, OmapiMessage, pack_ip, pack_mac, unpack_ip

omapi = Omapi(sys.argv[1], int(sys.argv[2]), sys.argv[3].encode(), sys.argv[4].encode())
mac = "02:d0:00:00:00:01"


def found():
    message = OmapiMessage.open(b"host")
    message.obj.append((b"hardware-address", pack_mac(mac)))
    message.obj.append((b"hardware-type", struct.pack("!I", 1)))
    response = omapi.query_server(message)
    return response if response.opcode == OMAPI_OP_UPDATE else None


def report():
    response = found()
    print("absent" if response is None else "found %s" % unpack_ip(dict(response.obj)[b"ip-address"]))
    return response


report()
message = OmapiMessage.open(b"host")
message.message.append((b"create", struct.pack("!I", 1)))
message.message.append((b"exclusive", struct.pack("!I", 1)))
message.obj.append((b"hardware-address", pack_mac(mac)))
message.obj.append((b"hardware-type", struct.pack("!I", 1)))
message.obj.append((b"name", b"db1"))
message.obj.append((b"ip-address", pack_ip("192.168.50.41")))
message.obj.append((b"statements", b'ddns-hostname "db1"; filename "pxelinux.0"; next-server 192.168.50.80; '))
print("created" if omapi.query_server(message).opcode == OMAPI_OP_UPDATE else "refused")
response = report()
message = OmapiMessage.update(response.handle)
message.obj.append((b"ip-address", pack_ip("192.168.50.43")))
print("updated" if omapi.query_server(message).opcode == OMAPI_OP_STATUS else "refused")
response = report()
print("deleted" if omapi.query_server(OmapiMessage.delete(response.handle)).opcode == OMAPI_OP_STATUS else "refused")
report()
omapi.close()
