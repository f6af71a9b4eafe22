# Boot profiles, written by leasehold boot import.
# The block boot { … } of leasehold.conf holds:  include "examples/openshift/ocp4.boot";
openshift "ocp4" {
  install-device "/dev/vda";
  match bootstrap "bootstrap";
  match master "master0", "master1", "master2";
  match worker "worker0";
}
openshift "ocp4-nvme0n1" {
  install-device "/dev/nvme0n1";
  match worker "worker1";
}
