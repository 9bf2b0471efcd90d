import Foundation
import Graph
import Synchronization
import Tensors
import Training

/// Trainings that several processes compute together: the first runs the recipe, and tells the others each training of it,
/// which all run at once. What any of them has at the end, all have.
///
/// The first says a word ahead of everything: a node begins, here is the state to go on from, take a step, it is over.
public final class SharedTraining: Sendable {
    /// That of the node that runs.
    @TaskLocal public static var current: SharedTraining?

    private enum Word: UInt8 { case begin, state, step, over, end }

    let team: any TrainingTeam
    /// Of the others: whether the first has said that the node is over.
    private let isOver = Mutex(true)
    /// Nodes that run side by side would speak at once.
    private let turn = NSLock()

    /// - Parameter numerics: what may change bits of what this process computes
    /// - Throws: `MPIError.otherBits` where that is not as in the first
    public init(_ team: any TrainingTeam, numerics: String) throws {
        self.team = team
        let first = String(decoding: team.broadcast(Data(numerics.utf8), from: 0), as: UTF8.self)
        guard first == numerics else { throw MPIError.otherBits(own: numerics, first: first) }
    }

    public var leads: Bool { team.leads }

    /// Whether nodes of this kind are run together.
    public func takes(_ schema: NodeSchema) -> Bool { schema.type is any TrainingNode.Type }

    // MARK: - Nodes

    /// Of the first: runs a node with all the others.
    ///
    /// - Parameter task: tells them which, and on what
    public func lead<Result>(_ task: Data, _ work: () throws -> Result) rethrows -> Result {
        turn.lock()
        defer { turn.unlock() }
        say(.begin, task)
        defer { say(.over) }
        return try work()
    }

    /// Of the first: there are no more nodes.
    public func end() { say(.end) }

    /// Of the others: runs what the first says until there is no more.
    ///
    /// - Throws: what `work` throws, unless all fail alike
    public func follow(_ work: (Data) throws -> Void) throws {
        while true {
            let (word, task) = hear()
            guard word == .begin else { return }
            isOver.withLock { $0 = false }
            do { try work(task) } catch is TeamStopped {}
            while isOver.withLock({ !$0 }) { if hear().word == .over { isOver.withLock { $0 = true } } }
        }
    }

    // MARK: - Trainings

    /// All fail alike, or the first has stopped: it says why.
    struct TeamStopped: Error {}

    /// What the first goes on from, in all of them.
    ///
    /// - Throws: `TeamStopped`
    func state(_ own: ArtifactRecord?) throws -> ArtifactRecord? {
        let data = own.map { Data(RecordCoder.encode($0).bytes) } ?? Data()
        let given = leads ? data : try heard(.state)
        if leads { say(.state, data) }
        return given.isEmpty || leads ? own : try RecordCoder.decode(Bytes([UInt8](given)))
    }

    /// Ahead of a step.
    ///
    /// - Throws: `TeamStopped`
    func beginStep() throws { if leads { say(.step) } else { _ = try heard(.step) } }

    private func heard(_ wanted: Word) throws -> Data {
        let (word, data) = hear()
        if word == .over { isOver.withLock { $0 = true } }
        guard word == wanted else { throw TeamStopped() }
        return data
    }

    private func say(_ word: Word, _ data: Data = Data()) { _ = team.broadcast(Data([word.rawValue]) + data, from: 0) }

    private func hear() -> (word: Word, data: Data) {
        let message = team.broadcast(Data(), from: 0)
        return (message.first.flatMap(Word.init) ?? .end, Data(message.dropFirst()))
    }
}
