import Foundation
import Graph
import Synchronization

/// A tier as a run uses it: checked, counted, and never waited for longer than it is worth.
///
/// Nothing that a tier does fails a run. What it does not give in time, or gives wrongly, it does not have.
public final class RemoteCache: Sendable {
    public enum Mode: String, Sendable, CaseIterable {
        /// Results are taken, and none are given.
        case read
        case write
    }

    /// Values of more bytes are asked for before they are sent.
    private static let smallest = 1 << 20
    /// How often an upload is tried.
    private static let tries = 8
    /// Bytes a second: what is made more quickly than it comes is made.
    private static let fairRate = 100e6

    private struct State {
        var health: RemoteHealth
        var statistics = RemoteStatistics()
        /// Of values that traces told of.
        var told: [Digest: RemoteTrace] = [:]
        /// Values that the tier has, as far as this process knows.
        var present: Set<Digest> = []
        /// Values that it has under a wrong name, and shall be given anew.
        var rotten: Set<Digest> = []
        /// When keys were last asked for.
        var asked: [Digest: ContinuousClock.Instant] = [:]
        /// Values that are being read.
        var underWay: Set<Digest> = []
        var isStopped = false
    }

    public let tier: any RemoteTier
    public let mode: Mode
    let signatures: TraceSignatures
    private let notices: Notices
    private let patience: Patience
    private let state: Mutex<State>
    private let arrivals = NSCondition()
    private let uploads = BackgroundQueue(width: 3)
    private let fetches = BackgroundQueue(width: 6)
    /// Bytes that uploads have moved.
    private let sent = Mutex(0)

    /// - Parameters:
    ///   - mode: who demands signatures and can make none writes nothing, whatever is asked for.
    ///   - patience: how many seconds a run may lose to the tier.
    public init(
        _ tier: any RemoteTier,
        mode: Mode = .write,
        signatures: TraceSignatures = TraceSignatures(),
        patience: Double = 8,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.tier = tier
        self.mode = signatures.areDemanded && !signatures.canSign ? .read : mode
        self.signatures = signatures
        self.patience = Patience(seconds: patience)
        notices = Notices(warn)
        state = Mutex(State(health: RemoteHealth(mayWrite: self.mode == .write)))
    }

    public var statistics: RemoteStatistics { state.withLock(\.statistics) }

    /// Whether it may still be asked for results in this run.
    var isReading: Bool { state.withLock { !$0.health.isOff } }

    // MARK: - Asking

    /// What the tier is asked for, and what a result would be.
    public struct Question: Sendable {
        public let key: Digest
        /// Of the artifact.
        public let kind: String

        public init(key: Digest, kind: String) {
            self.key = key
            self.kind = kind
        }
    }

    /// The traces that the tier has of these keys.
    public func traces(for questions: [Question]) -> [Digest: RemoteTrace] {
        guard isReading, !questions.isEmpty else { return [:] }
        let now = ContinuousClock.now
        state.withLock { state in for question in questions { state.asked[question.key] = now } }
        let found = Mutex<[Digest: RemoteTrace]>([:])
        let next = Mutex(0)
        patience.waiting {
            WorkerThreads.run(min(HTTPTier.mostConnections, questions.count)) {
                while true {
                    let place = next.withLock { next in
                        defer { next += 1 }
                        return next
                    }
                    guard place < questions.count, self.mayAsk() else { return }
                    if let trace = self.trace(for: questions[place]) {
                        found.withLock { $0[trace.key] = trace }
                    }
                }
            }
        }
        let traces = found.withLock(\.self)
        state.withLock { state in
            for trace in traces.values { state.told[trace.value] = trace }
            state.statistics.found += traces.count
        }
        return traces
    }

    /// Whether a key was not asked for in the last seconds: another machine may have computed it meanwhile.
    func isWorthAsking(_ key: Digest) -> Bool {
        state.withLock { state in
            guard state.health.mayAsk else { return false }
            return state.asked[key].map { ContinuousClock.now - $0 > .seconds(5) } ?? true
        }
    }

    private func trace(for question: Question) -> RemoteTrace? {
        var bytes: [UInt8] = []
        let isThere = attempt { pace in
            try tier.read(.trace(of: question.key), pace) { piece in
                bytes += piece
                guard bytes.count <= RemoteTrace.longest else { throw WrongEntry(reason: "it is too long") }
            }
        }
        guard isThere == true else { return nil }
        do {
            return try RemoteTrace(bytes, for: question.key, kind: question.kind, signatures)
        } catch {
            switch error {
            case .otherFormat: break
            case .unsigned: noteUnsigned()
            case .notATrace: noteWrong("what it has under key \(question.key.short) is no trace")
            case .contradicts: noteWrong("the trace under key \(question.key.short) belongs to something else")
            }
            return nil
        }
    }

    /// The trace that told of a value, where one did.
    func told(of value: Digest) -> RemoteTrace? { state.withLock { $0.told[value] } }

    /// In bytes; nil where the tier does not have it.
    func size(of value: Digest) -> Int? {
        if let trace = told(of: value) { return trace.size }
        guard mayAsk() else { return nil }
        return patience.waiting { attempt { try tier.size(of: .value(value), $0) } ?? nil }
    }

    // MARK: - Values

    /// Gives a value's bytes in pieces, and says in the end whether they were the value: nothing made of them is used before.
    ///
    /// - Throws: what `sink` throws.
    func read(_ value: Digest, size: Int, into sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        guard mayAsk() else { return false }
        var hasher = Digest.Hasher()
        var count = 0
        var failure: (any Error)?
        let isThere = attempt { pace in
            try tier.read(.value(value), pace) { piece in
                count += piece.count
                guard count <= size else {
                    throw WrongEntry(reason: "value \(value.short) is longer than \(size) bytes")
                }
                hasher.update(piece)
                do { try sink(piece) } catch {
                    failure = error
                    throw error
                }
            }
        }
        let digest = hasher.finish()
        if let failure { throw failure }
        guard isThere == true else {
            if isThere == false { state.withLock { state in _ = state.present.remove(value) } }
            return false
        }
        guard count == size, digest == value else {
            let reason = count < size ? "ends after \(count) of \(size) bytes" : "has other bytes than its name says"
            state.withLock { state in _ = state.rotten.insert(value) }
            noteWrong("value \(value.short) \(reason)")
            return false
        }
        let saved = told(of: value)?.cost ?? .infinity
        patience.earn(bytes: count, saved: saved)
        state.withLock { state in
            state.present.insert(value)
            state.statistics.valuesRead += 1
            state.statistics.bytesRead += count
        }
        return true
    }

    /// Says that a value is whole, and not what its trace said.
    func noteForeign(_ value: Digest, _ reason: String) { noteWrong("value \(value.short) \(reason)") }

    /// Lets one thread at a time see to a value; the others wait for it.
    func once<Result>(_ value: Digest, _ body: () throws -> Result) rethrows -> Result {
        patience.waiting {
            arrivals.withLock {
                while !state.withLock({ $0.underWay.insert(value).inserted }) { arrivals.wait() }
            }
        }
        defer {
            arrivals.withLock {
                _ = state.withLock { $0.underWay.remove(value) }
                arrivals.broadcast()
            }
        }
        return try body()
    }

    /// Waits for what `body` reads, as far as patience goes.
    func waiting<Result>(_ body: () throws -> Result) rethrows -> Result { try patience.waiting(body) }

    /// Reads values ahead of those who will ask for them.
    func fetch(_ jobs: [@Sendable () -> Void]) { if isReading { fetches.add(jobs) } }

    // MARK: - Giving

    /// A result that others may want.
    struct Upload: Sendable {
        let trace: RemoteTrace
        /// Read when it is sent; nil where the value is gone.
        let bytes: @Sendable () -> Bytes?
    }

    /// Sends results in the background: values first, then what they are the results of.
    func give(_ results: [Upload]) {
        guard state.withLock({ $0.health.mayWrite }) else { return }
        uploads.add(
            results.compactMap { upload in
                let isQuick = upload.trace.cost < Double(upload.trace.size) / Self.fairRate
                if isQuick, upload.trace.size > Self.smallest { return nil }
                return { self.send(upload) }
            }
        )
    }

    private func send(_ upload: Upload) {
        for attempt in 1...Self.tries {
            guard waitForPause() else { return noteNotWritten() }
            do {
                let bytes = try sendValue(upload)
                try tier.write(.trace(of: upload.trace.key), [Bytes(upload.trace.encoded(signatures))], pace())
                noteAnswer()
                return state.withLock { state in
                    state.present.insert(upload.trace.value)
                    state.rotten.remove(upload.trace.value)
                    state.statistics.written += 1
                    state.statistics.bytesWritten += bytes
                }
            } catch RemoteFailure.refused(let reason) {
                state.withLock { $0.health.mayWrite = false }
                notices.warn(
                    "the remote cache \(tier.name) is only read from now on: \(reason)",
                    onceFor: "refused"
                )
                return noteNotWritten()
            } catch RemoteFailure.noRoom {
                notices.warn(
                    "the remote cache \(tier.name) has no room for a value of \(upload.trace.size) bytes",
                    onceFor: "no room"
                )
                return noteNotWritten()
            } catch RemoteFailure.unexpected(let reason) {
                noteFailure(reason)
                return noteNotWritten()
            } catch is ValueGone {
                return
            } catch {
                if attempt == Self.tries { noteNotWritten() }
                noteFailure("\(error)")
            }
        }
    }

    /// - Returns: how many bytes had to be sent.
    private func sendValue(_ upload: Upload) throws -> Int {
        let value = upload.trace.value
        let (isPresent, isRotten) = state.withLock { ($0.present.contains(value), $0.rotten.contains(value)) }
        if isPresent, !isRotten { return 0 }
        if upload.trace.size > Self.smallest, !isRotten,
            try tier.size(of: .value(value), pace()) == upload.trace.size
        {
            return 0
        }
        guard let bytes = upload.bytes() else { throw ValueGone() }
        let before = sent.withLock(\.self)
        let moved = Mutex(0)
        let pace = Pace { [self] count in
            let more = moved.withLock { moved in
                defer { moved = max(moved, count) }
                return max(0, count - moved)
            }
            sent.withLock { $0 += more }
            return !state.withLock(\.isStopped)
        }
        try tier.write(.value(value), [bytes], pace)
        let missing = bytes.count - moved.withLock(\.self)
        sent.withLock { $0 = max($0 + missing, before) }
        return bytes.count
    }

    /// - Returns: false where nothing shall be sent any more.
    private func waitForPause() -> Bool {
        while true {
            let (pause, isOver) = state.withLock { ($0.health.pause, $0.isStopped || !$0.health.mayWrite) }
            if isOver { return false }
            if pause == 0 { return true }
            usleep(UInt32(min(pause, 0.1) * 1e6))
        }
    }

    private func noteNotWritten() { state.withLock { $0.statistics.notWritten += 1 } }

    // MARK: - The end

    /// Waits for the uploads that are left, for as long as they get on or patience lasts, and ends them.
    ///
    /// - Parameter mayWait: asked ten times a second.
    public func finish(while mayWait: () -> Bool = { true }) {
        fetches.stop()
        let start = sent.withLock(\.self)
        let isDone = patience.waiting {
            uploads.wait {
                guard mayWait(), state.withLock(\.health.hasAnswered) else { return false }
                return patience.left + Double(sent.withLock(\.self) - start) / Patience.leastRate > 0
            }
        }
        state.withLock { $0.isStopped = true }
        let forgotten = uploads.stop()
        state.withLock { $0.statistics.notWritten += forgotten }
        let notWritten = statistics.notWritten
        if notWritten > 0, mayWait() {
            let results = notWritten == 1 ? "1 result is" : "\(notWritten) results are"
            let reason = isDone ? "" : ", which was waited for as long as it may take"
            notices.warn(
                "\(results) not in the remote cache \(tier.name)\(reason): `pulid-run cache push` sends what is missing",
                onceFor: "not written"
            )
        }
    }

    /// Takes nothing from the tier any more, and gives it nothing.
    public func turnOff() { state.withLock { $0.health.turnOff() } }

    // MARK: - How it does

    private struct WrongEntry: Error { let reason: String }
    private struct ValueGone: Error {}

    /// Whether asking makes sense now.
    private func mayAsk() -> Bool {
        guard patience.left > 0 else {
            let isNew = state.withLock { state in
                defer { state.health.turnOff() }
                return !state.health.isOff
            }
            if isNew {
                notices.warn(
                    "the remote cache \(tier.name) takes longer than it is worth: this run goes on without it "
                        + "(--remote-patience allows more)",
                    onceFor: "patience"
                )
            }
            return false
        }
        return state.withLock { $0.health.mayAsk }
    }

    private func pace() -> Pace { Pace { [self] _ in !state.withLock(\.isStopped) } }

    /// - Returns: nil after a failure.
    private func attempt<Found>(_ body: (Pace) throws -> Found) -> Found? {
        let pace = Pace { [self] moved in
            !state.withLock(\.isStopped) && patience.left + Double(moved) / Patience.leastRate > 0
        }
        do {
            let found = try body(pace)
            noteAnswer()
            return found
        } catch let wrong as WrongEntry {
            noteWrong(wrong.reason)
        } catch RemoteFailure.refused(let reason) {
            state.withLock { state in
                state.statistics.failures += 1
                state.health.turnOff()
            }
            notices.warn(
                "the remote cache \(tier.name) is not used: \(reason); PULID_REMOTE_AUTHORIZATION says who asks",
                onceFor: "refused"
            )
        } catch {
            noteFailure("\(error)")
        }
        return nil
    }

    private func noteAnswer() {
        let isBack = state.withLock { $0.health.noteAnswer() }
        if isBack { notices.warn("the remote cache \(tier.name) answers again", onceFor: "answers") }
    }

    private func noteFailure(_ reason: String) {
        let isTrouble = state.withLock { state in
            if !state.isStopped { state.statistics.failures += 1 }
            return state.health.noteFailure()
        }
        if isTrouble {
            notices.warn(
                "the remote cache \(tier.name) does not work (\(reason)): this run goes on without it until it does",
                onceFor: "trouble"
            )
        }
    }

    private func noteWrong(_ what: String) {
        let isOff = state.withLock { state in
            state.statistics.wrong += 1
            return state.health.noteWrong(state.statistics.wrong)
        }
        notices.warn("the remote cache \(tier.name) is damaged: \(what): it counts as missing", onceFor: "wrong")
        if isOff {
            notices.warn(
                "the remote cache \(tier.name) is damaged in several places: it is not used any more",
                onceFor: "off"
            )
        }
    }

    private func noteUnsigned() {
        state.withLock { $0.statistics.unsigned += 1 }
        notices.warn(
            "results in the remote cache \(tier.name) are passed over: nobody that \(TraceSignatures.publicKeysVariable) "
                + "names has signed them",
            onceFor: "unsigned"
        )
    }
}
