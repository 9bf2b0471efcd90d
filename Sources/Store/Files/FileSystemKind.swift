import Foundation

/// What kind of file system a folder lies on, as the table of mounts calls it: `ext4`, `nfs4`, `fuse.sshfs`.
public struct FileSystemKind: Hashable, Sendable {
    public let name: String

    public init(name: String) { self.name = name }

    /// nil where the folder or the table is not there.
    public init?(at path: String) {
        var status = stat()
        guard stat(path, &status) == 0,
            let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        else { return nil }
        self.init(of: UInt64(status.st_dev), mounts: mounts)
    }

    /// - Parameters:
    ///   - device: the number by which `stat` names a file system.
    ///   - mounts: `/proc/self/mountinfo`.
    public init?(of device: UInt64, mounts: String) {
        let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
        let minor = device & 0xFF | (device >> 12) & ~0xFF
        let number = "\(major):\(minor)"
        // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[2] == number, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
            else { continue }
            self.init(name: String(fields[dash + 1]))
            return
        }
        return nil
    }

    /// Whether several machines may share it: then SQLite's log does not work between them, and locks are slow or missing.
    public var isNetwork: Bool { Self.networks.contains(name.hasPrefix("fuse.") ? String(name.dropFirst(5)) : name) }

    private static let networks: Set = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "lustre", "gpfs", "ceph", "ceph-fuse", "beegfs", "beegfs_nodev", "afs",
        "openafs", "9p", "coda", "ocfs2", "gfs2", "panfs", "orangefs", "pvfs2", "glusterfs", "sshfs", "s3fs", "gcsfuse",
        "rclone", "juicefs", "mfs", "wekafs", "davfs", "davfs2",
    ]
}
