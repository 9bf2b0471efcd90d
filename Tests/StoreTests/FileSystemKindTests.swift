import Store
import Testing

@Suite struct FileSystemKindTests {
    private static let mounts = """
        22 27 0:20 / /sys rw,nosuid - sysfs sysfs rw
        27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
        31 27 0:45 / /home rw,relatime shared:2 master:7 - nfs4 server:/home rw,vers=4.2
        32 27 0:46 / /scratch\\040space rw - lustre mds@tcp:/scratch rw,flock
        33 27 0:47 / /mnt/far rw - fuse.sshfs far: rw
        34 27 259:70000 / /data rw - xfs /dev/nvme0n1p1 rw
        broken line

        """

    private func name(_ device: UInt64) -> String? { FileSystemKind(of: device, mounts: Self.mounts)?.name }

    @Test func theTableOfMountsNamesThem() {
        #expect(name(254 << 8 | 1) == "ext4")
        #expect(name(45) == "nfs4")
        #expect(name(46) == "lustre")
        #expect(name(47) == "fuse.sshfs")
        // 259:70000, as makedev gives it.
        #expect(name(70000 & 0xFF | 259 << 8 | (70000 & ~0xFF) << 12) == "xfs")
        #expect(name(99) == nil)
        #expect(FileSystemKind(of: 45, mounts: "") == nil)
    }

    @Test func thoseThatMachinesShare() {
        for name in ["nfs", "nfs4", "cifs", "smb3", "lustre", "gpfs", "ceph", "beegfs", "afs", "9p", "fuse.sshfs"] {
            #expect(FileSystemKind(name: name).isNetwork, "\(name)")
        }
        for name in ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "f2fs", "fuse", "fuse.ntfs-3g", ""] {
            #expect(!FileSystemKind(name: name).isNetwork, "\(name)")
        }
    }

    @Test func ofThisMachine() {
        #expect(FileSystemKind(at: "/proc")?.name == "proc")
        #expect(FileSystemKind(at: "/nowhere/at all") == nil)
    }
}
