import Foundation
import Tensors

/// Processes that compute the gradients of one batch together, each those of some of its micro-batches.
///
/// What is sent arrives, in its order; where a process is lost the others end as well.
public protocol TrainingTeam: Sendable {
    /// This process, from 0 on.
    var rank: Int { get }
    /// How many there are.
    var size: Int { get }

    func send(_ bytes: UnsafeRawBufferPointer, to rank: Int)
    func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int)
    /// Called by all: the bytes of `rank` are then those of all.
    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int)
}

extension TrainingTeam {
    public var leads: Bool { rank == 0 }

    /// What one process has, in all of them.
    ///
    /// - Parameter data: of the process `rank`; others' are not looked at
    public func broadcast(_ data: Data, from rank: Int) -> Data {
        var count = UInt64(data.count)
        withUnsafeMutableBytes(of: &count) { broadcast($0, from: rank) }
        var all = self.rank == rank ? data : Data(count: Int(count))
        all.withUnsafeMutableBytes { broadcast($0, from: rank) }
        return all
    }

    /// Which of `count` things this process does: all in a row, as many as the others do or one more.
    func share(of count: Int) -> Range<Int> { share(of: count, rank: rank) }

    func share(of count: Int, rank: Int) -> Range<Int> { count * rank / size..<count * (rank + 1) / size }

    func send(_ data: Data, to rank: Int) {
        withUnsafeBytes(of: UInt64(data.count)) { send($0, to: rank) }
        data.withUnsafeBytes { send($0, to: rank) }
    }

    func receive(from rank: Int) -> Data {
        var count: UInt64 = 0
        withUnsafeMutableBytes(of: &count) { receive($0, from: rank) }
        var data = Data(count: Int(count))
        data.withUnsafeMutableBytes { receive($0, from: rank) }
        return data
    }
}
