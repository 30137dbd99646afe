#!/bin/sh
# First process of the guest (User-Mode Linux on the host's files). Every write of the node goes to
# a disk that logs it. The kernel's command line says where the run's folder and the program are.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
ip link set lo up
modules=/usr/lib/uml/modules/$(uname -r)/kernel/drivers/md
insmod "$modules/dm-mod.ko" && insmod "$modules/dm-log-writes.ko" || halt -f
sectors=$(cat /sys/block/ubda/size)
dmsetup create --noudevsync disk --table "0 $sectors log-writes /dev/ubda /dev/ubdb" || halt -f
mknod /dev/logged b 254 0
mkfs.ext4 -q -F -E nodiscard /dev/logged && mount -t ext4 /dev/logged "$RUN_FOLDER/disk" || halt -f
cp -r "$RUN_FOLDER/data" "$RUN_FOLDER/disk/data" && sync
dmsetup message disk 0 mark mounted
cd "$RUN_PROGRAM" || halt -f
HOME=/root node scripts/cli.mjs up "$RUN_TOPOLOGY" --quiet \
  --data "$RUN_FOLDER/disk/data" --password-file "$RUN_FOLDER/password" > "$RUN_FOLDER/node.log" 2>&1 &
node scripts/power-cut/guest-load.mjs "$RUN_FOLDER/transfers.json" \
  "$RUN_FOLDER/acknowledged" "$RUN_SECONDS"
dmsetup message disk 0 mark end
# No sync, no stop: the power is gone.
halt -f
