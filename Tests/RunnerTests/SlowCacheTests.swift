import EngineTestSupport
import Foundation
import Graph
import Runner
import Store
import Synchronization
import Testing

/// What one worker waits for when it asks the cache is no business of the others.
@Suite struct SlowCacheTests {
    @Test func aCacheThatTakesItsTimeHoldsUpNoOtherWorker() throws {
        let workshop = try Workshop()
        var builder = GraphBuilder()
        let first = builder.add("first", "constant", ["value": .number(1)])
        let after = builder.add("after", "scale", inputs: ["input": [first]])
        let second = builder.add("second", "constant", ["value": .number(2)])
        builder.output("after.txt", after)
        builder.output("second.txt", second)

        let gate = Gate()
        let outcome = try workshop.run(
            builder.graph,
            remote: RemoteChoice { RemoteCache(GatedTier(gate: gate), warn: $0) },
            { $0.jobs = 2 },
            onEvent: { event in
                switch event {
                case .started(let name, _, _) where name.node == "first": gate.isClosed = true
                // It goes on when the key of `after`, which is known when `first` has run, is being asked for.
                case .started(let name, _, _) where name.node == "second": gate.waitUntilAsked()
                case .finished(let name, _, _) where name.node == "second": gate.isClosed = false
                default: break
                }
            }
        )
        #expect(gate.wasAsked)
        #expect(!gate.wasForced, "nothing went on while the cache was being asked")
        #expect(try workshop.text("after.txt") == "2.0\n")
        #expect(try workshop.text("second.txt") == "2.0\n")
        #expect(outcome.warnings == [])
    }
}

/// Closed, it lets nobody through that asks, for at most three seconds.
private final class Gate: Sendable {
    private struct State {
        var isClosed = false
        var wasAsked = false
        var wasForced = false
    }

    private let state = Mutex(State())

    var isClosed: Bool {
        get { state.withLock(\.isClosed) }
        set { state.withLock { $0.isClosed = newValue } }
    }

    var wasAsked: Bool { state.withLock(\.wasAsked) }
    var wasForced: Bool { state.withLock(\.wasForced) }

    func pass() {
        guard isClosed else { return }
        state.withLock { $0.wasAsked = true }
        if !wait(until: { !isClosed }) { state.withLock { $0.wasForced = true } }
    }

    func waitUntilAsked() { _ = wait { wasAsked } }

    private func wait(until isTrue: () -> Bool) -> Bool {
        for _ in 0..<300 where !isTrue() { usleep(10_000) }
        return isTrue()
    }
}

/// Holds nothing, and takes its time to say so.
private struct GatedTier: RemoteTier {
    let gate: Gate
    let name = "gate"

    func size(of entry: RemoteEntry, _ pace: Pace) -> Int? { nil }

    func read(_ entry: RemoteEntry, _ pace: Pace, into sink: (UnsafeRawBufferPointer) throws -> Void) -> Bool {
        gate.pass()
        return false
    }

    func write(_ entry: RemoteEntry, _ pieces: [Bytes], _ pace: Pace) {}
}
