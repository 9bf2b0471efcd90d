import Foundation
import Graph

extension ResultStore {
    /// What the making of the result under `key` keeps until it is done; gone once the result is committed.
    public func checkpoints(for key: Digest) -> Checkpoints {
        guard mayWrite else { return .none }
        let folder = CheckpointFolder(folder, key: key, notices: notices)
        return Checkpoints(read: folder.read, write: folder.write)
    }
}
