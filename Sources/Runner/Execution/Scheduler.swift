import Graph
import Store

/// Decides what has to run, and when: the state of every instance between the first look into the cache and the end.
///
/// An instance is *resolved* when the digest of its value is known: from the cache, once all its inputs are resolved and
/// its key can be taken, or from running it. Resolving needs digests alone. Only what has to run, and what an output
/// needs, asks for values; and a value that is not to be had makes its instance run again. So a sweep whose pictures are
/// in place touches nothing but keys. Working on it is the business of others; nothing here blocks, reads files or asks
/// the cache: questions to the cache are handed out in bulk (`takeLookups`).
struct Scheduler {
    enum Job: Hashable {
        case run(Int)
        /// The value of a resolved instance is wanted for outputs, expectations or tables.
        case deliver(Int)

        var instance: Int {
            switch self {
            case .run(let index), .deliver(let index): index
            }
        }
    }

    /// What the scheduler asks of others, who answer from memory.
    struct Oracle {
        let key: (Int, _ inputs: KeyMaker.Inputs) -> CacheKey
        /// The same key's digest, for less.
        let keyDigest: (Int, _ inputs: KeyMaker.Inputs) -> Digest
        /// Whether the run needs the value itself, when it is this one and came from this key.
        let needsDelivery: (Int, _ value: Digest, _ key: Digest) -> Bool
    }

    /// What an instance gave.
    struct Given {
        let artifact: (any Artifact)?
        let digest: Digest
        /// What the artifact takes, in bytes.
        let bytes: Int
        let isStored: Bool
    }

    let needed: NeededInstances
    private let graph: ExecutionGraph
    private let forced: Set<Int>
    /// Whether gathered sweeps go on without what failed, as without what is absent.
    private let failuresAreBlank: Bool
    /// Whether values are read ahead of the jobs that will want them.
    private let readsAhead: Bool
    private let oracle: Oracle
    private let budget: MemoryBudget
    /// Stored values are held no further than this: they can be read again.
    private let mostHeld: Int

    private(set) var states: [InstanceState]
    private(set) var isStopped = false

    /// Keys that the cache is to be asked for.
    private var lookups: [Int] = []
    /// Instances whose values jobs are about to ask the cache for.
    private var wanted: [Int] = []
    /// Instances that were resolved from the cache or skipped, and are yet to be told of.
    private var unreported: [Int] = []
    private var someAreAbsent = false
    /// Values that the cache lists and does not give; nobody asks it for them again.
    private var unusable: Set<Digest> = []
    /// Of references, by the names of their parts.
    private var partDigests: [Int: [String: Digest]] = [:]
    /// By instance: those that wait for its value.
    private var waiters: [Int: [Int]] = [:]
    /// Of several instances with one key the first runs, and the others follow it.
    private var leaders: KeyTable
    private var followers: [Int: [Int]] = [:]
    private var queue: JobQueue
    private var resolvable: [Int] = []
    /// Bytes of values that are held and stored.
    private var heldStored = 0

    init(
        graph: ExecutionGraph,
        needed: NeededInstances,
        forced: Set<Int>,
        failuresAreBlank: Bool = false,
        readsAhead: Bool = false,
        oracle: Oracle,
        budget: MemoryBudget = MemoryBudget()
    ) {
        self.graph = graph
        self.needed = needed
        self.forced = forced
        self.failuresAreBlank = failuresAreBlank
        self.readsAhead = readsAhead
        self.oracle = oracle
        self.budget = budget
        mostHeld = min(256 << 20, budget.limit / 8)
        queue = JobQueue(ranks: needed.ranks)
        states = Array(repeating: InstanceState(), count: graph.instances.count)
        leaders = KeyTable(capacity: needed.indices.count)
        for index in needed.indices {
            states[index].unresolvedInputs = Int32(needed.inputs[index].count)
            for input in needed.inputs[index] {
                states[input.index].uses += 1
                if !input.isGathered { states[input.index].directUses += 1 }
            }
        }
    }

    /// Finds the first keys.
    mutating func begin() {
        resolvable += needed.indices.reversed().filter { needed.inputs[$0].isEmpty }
        resolve()
    }

    /// The next job, if there is one that can be done now.
    /// - Parameter early: only what planning runs: references and readers of files.
    mutating func next(early: Bool) -> Job? {
        while !isStopped, let job = queue.pop(early: early) {
            switch job {
            case .deliver(let index):
                if states[index].isDeliveryWanted, states[index].isDone { return job }
            case .run(let index):
                guard case .waiting(let cause) = states[index].phase, states[index].missingValues == 0 else { continue }
                states[index].phase = .running(cause)
                return job
            }
        }
        return nil
    }

    /// The job could not be done now, though nothing is missing.
    mutating func putBack(_ job: Job) {
        if case .run(let index) = job, case .running(let cause) = states[index].phase {
            states[index].phase = .waiting(cause)
        }
        push(job)
    }

    mutating func stop() { isStopped = true }

    /// The instances that need not run, or cannot for want of an input, as found since this was last asked.
    mutating func takeUnreported() -> [Int] {
        defer { unreported = [] }
        return unreported
    }

    /// The instances whose keys the cache is to be asked for; `found` takes what it knows.
    mutating func takeLookups() -> [Int] {
        defer { lookups = [] }
        return lookups
    }

    /// The instances whose values jobs will read from the cache that were queued since this was last asked; none where
    /// nothing is read ahead.
    mutating func takeWanted() -> [Int] {
        defer { wanted = [] }
        return wanted.filter { if case .stored = states[$0].value { true } else { false } }
    }

    /// Gives back the memory that values take. Nothing may be asked of the scheduler afterwards.
    mutating func letGoOfAll() { for index in needed.indices { setValue(.nowhere, of: index) } }

    // MARK: - What others found

    /// What the cache answered of instances that `takeLookups` gave, one by one.
    mutating func found(_ results: [StoredResult?], for instances: [Int]) {
        for (index, result) in zip(instances, results) {
            guard case .lookedUp = states[index].phase, let key = states[index].key else { continue }
            if let leader = leaders.find(key, among: states), leader != index, states[leader].isToRun {
                follow(leader, index)
            } else if let result {
                markCached(index, result.value, isStored: isUsable(result))
            } else {
                require(index, because: .missed)
            }
        }
        resolve()
    }

    func isUsable(_ result: StoredResult) -> Bool { result.hasValue && !unusable.contains(result.value) }

    /// An instance ran, or was found in the cache at the last moment.
    ///
    /// - Throws: `NotDeterministic` where its digest was known and is another; whatever rests on it was keyed by that.
    mutating func complete(_ index: Int, _ given: Given) throws(NotDeterministic) {
        if let known = states[index].digest, known != given.digest {
            throw NotDeterministic(known: known, found: given.digest)
        }
        if case .running(let cause) = states[index].phase { states[index].phase = .ran(cause) }
        states[index].isDeliveryWanted = false
        settle(index, given.digest)
        let isStored = given.isStored && !unusable.contains(given.digest)
        let followers = self.followers.removeValue(forKey: index) ?? []
        place(given, isStored: isStored, at: index)
        for follower in followers {
            if isStored { setValue(.stored, of: follower) } else { place(given, isStored: false, at: follower) }
            markCached(follower, given.digest, isStored: isStored)
        }
        for waiting in [index] + followers { wakeWaiters(of: waiting) }
        releaseInputs(of: index)
        resolve()
    }

    /// Another process gave the result while this one waited for its turn.
    ///
    /// - Throws: as `complete`.
    mutating func completeFromCache(_ index: Int, _ result: StoredResult) throws(NotDeterministic) {
        let isWanted = isDeliveryWanted(index, result.value)
        try complete(index, Given(artifact: nil, digest: result.value, bytes: 0, isStored: true))
        states[index].phase = .cached
        unreported.append(index)
        if isWanted { deliver(index) }
    }

    /// The value of a resolved instance was read for a job.
    mutating func keep(_ index: Int, _ artifact: any Artifact, bytes: Int) {
        guard states[index].artifact == nil, states[index].directUses > 0, heldStored + bytes <= mostHeld else {
            return
        }
        setValue(.held(artifact, bytes: bytes, isStored: true), of: index)
    }

    mutating func delivered(_ index: Int) {
        states[index].isDeliveryWanted = false
        letGoOfUnused(index)
    }

    /// Values that should have been in the cache are not: their instances run again, and then the job.
    mutating func valuesAreGone(_ indices: [Int], neededBy job: Job) {
        // Another job may have missed them before, and have had them made.
        let gone = indices.filter { states[$0].artifact == nil }
        guard !gone.isEmpty else { return putBack(job) }
        if case .run(let waiter) = job, case .running(let cause) = states[waiter].phase {
            states[waiter].phase = .waiting(cause)
        }
        for index in gone {
            if let digest = states[index].digest { unusable.insert(digest) }
            setValue(.nowhere, of: index)
            if case .run(let waiter) = job { wait(waiter, for: index) }
            require(index, because: .evicted)
        }
    }

    /// Whether others wait for the value of an instance that runs.
    func isAwaited(_ index: Int) -> Bool { waiters[index] != nil }

    mutating func fail(_ index: Int) {
        states[index].phase = .failed
        withhold(index, .blocked(by: index))
        resolve()
    }

    /// Whether who gathers it has a blank in its place.
    func isBlank(_ index: Int) -> Bool {
        guard states[index].isAbsent else { return false }
        return switch states[index].phase {
        case .failed, .blocked: failuresAreBlank
        default: true
        }
    }

    /// Asks for the value of a resolved instance.
    mutating func deliver(_ index: Int) {
        guard states[index].digest != nil, !states[index].isAbsent, !states[index].isDeliveryWanted else { return }
        states[index].isDeliveryWanted = true
        if states[index].isToBeHad { push(.deliver(index)) } else { require(index, because: .evicted) }
    }

    /// Whether outputs, expectations or tables wait for the value that an instance is about to have.
    func isDeliveryWanted(_ index: Int, _ value: Digest) -> Bool {
        if states[index].isDeliveryWanted { return true }
        guard value != Absence.digest, let key = states[index].key else { return false }
        return oracle.needsDelivery(index, value, key)
    }

    // MARK: - Resolving

    private mutating func resolve() {
        while let index = resolvable.popLast() {
            guard case .unresolved = states[index].phase else { continue }
            resolve(index)
        }
    }

    private mutating func resolve(_ index: Int) {
        if let phase = phaseForWantOfInput(index) {
            setPhase(phase, of: index)
            return withhold(index, phase)
        }
        let key = oracle.keyDigest(index, inputDigests(of: index))
        states[index].key = key
        if isReference(index) { return require(index, because: .reference) }
        let isForced = forced.contains(index)
        if let leader = leaders.find(key, among: states) {
            switch states[leader].phase {
            case .lookedUp where !isForced, .waiting, .running:
                return follow(leader, index)
            case .ran,
                .cached where !isForced:
                if let value = states[leader].digest {
                    states[index].value = states[leader].value
                    if case .held(_, let bytes, let isStored) = states[index].value {
                        account(bytes, isStored: isStored)
                    }
                    return markCached(index, value, isStored: nil)
                }
            case .unresolved, .lookedUp, .cached, .follows, .failed, .blocked, .skipped: break
            }
        }
        leaders.set(index, for: key, among: states)
        if isForced { return require(index, because: .forced) }
        states[index].phase = .lookedUp
        lookups.append(index)
    }

    private mutating func follow(_ leader: Int, _ index: Int) {
        states[index].phase = .follows(leader)
        followers[leader, default: []].append(index)
    }

    /// The key of an instance whose inputs are all resolved.
    mutating func key(of index: Int) -> CacheKey { oracle.key(index, inputDigests(of: index)) }

    private mutating func inputDigests(of index: Int) -> KeyMaker.Inputs {
        let instance = graph.instances[index]
        var result: KeyMaker.Inputs = []
        for port in instance.schema.inputs {
            guard let sources = instance.inputs(of: port.name) else { continue }
            let digests = sources.compactMap { source -> CacheKey.InputDigest? in
                let cell = port.arity == .gathered ? graph.instances[source].cell : nil
                // A sheet with a blank has another key than the whole one, and than one without the place.
                if states[source].isAbsent {
                    return cell.map { CacheKey.InputDigest(cell: $0, digest: Absence.digest) }
                }
                return digest(of: port.part, at: source).map { CacheKey.InputDigest(cell: cell, digest: $0) }
            }
            result.append((port.name, digests))
        }
        if result.count > 1 { result.sort { $0.port < $1.port } }
        return result
    }

    /// The digest of a value, or of the part of a reference that a port uses.
    private mutating func digest(of part: String?, at source: Int) -> Digest? {
        guard let part, isReference(source), let reference = states[source].artifact else {
            return states[source].digest
        }
        if let known = partDigests[source]?[part] { return known }
        let digest = reference.part(part).record.digest
        partDigests[source, default: [:]][part] = digest
        return digest
    }

    /// - Parameter isStored: nil where the value has its place already.
    private mutating func markCached(_ index: Int, _ digest: Digest, isStored: Bool?) {
        states[index].phase = .cached
        unreported.append(index)
        if let isStored, states[index].artifact == nil { states[index].value = isStored ? .stored : .nowhere }
        settle(index, digest)
        for follower in followers.removeValue(forKey: index) ?? [] {
            markCached(follower, digest, isStored: isStored)
            wakeWaiters(of: follower)
        }
        releaseInputs(of: index)
        if isDeliveryWanted(index, digest) {
            states[index].isDeliveryWanted = false
            deliver(index)
        }
    }

    /// The digest is known: whoever waited for no other can be resolved.
    private mutating func settle(_ index: Int, _ digest: Digest) {
        guard states[index].digest == nil else { return }
        states[index].digest = digest
        guard digest != Absence.digest else { return withhold(index, .skipped(by: index)) }
        for reader in needed.dependants[index].reversed() { countAsResolved(for: reader.index) }
    }

    private mutating func countAsResolved(for reader: Int) {
        states[reader].unresolvedInputs -= 1
        if states[reader].unresolvedInputs == 0 { resolvable.append(reader) }
    }

    // MARK: - Running

    /// Makes an instance run as soon as it has the values of its inputs, which are made to run where they are gone.
    private mutating func require(_ index: Int, because cause: RunCause) {
        var stack = [(index, cause)]
        while let (current, asked) = stack.popLast() {
            // What ran before in this run keeps its reason.
            let cause = if case .ran(let first) = states[current].phase { first } else { asked }
            switch states[current].phase {
            case .waiting, .running, .follows: continue
            case .failed: withhold(current, .blocked(by: current)); continue
            case .blocked(let first): block(current, by: first); continue
            case .skipped: continue
            case .cached, .ran:
                if let key = states[current].key, let leader = leaders.find(key, among: states), leader != current {
                    if states[leader].isToRun, !rests(leader, on: current) {
                        follow(leader, current)
                        continue
                    }
                    if states[leader].isDone, leader < current {
                        follow(leader, current)
                        stack.append((leader, asked))
                        continue
                    }
                }
                // It had let go of its inputs.
                for input in needed.inputs[current] {
                    states[input.index].uses += 1
                    if !input.isGathered { states[input.index].directUses += 1 }
                }
            case .unresolved, .lookedUp: break
            }
            if let key = states[current].key { leaders.set(current, for: key, among: states) }
            states[current].phase = .waiting(cause)
            states[current].missingValues = 0
            for input in needed.inputs[current]
            where !states[input.index].isToBeHad && !states[input.index].isAbsent {
                wait(current, for: input.index)
                stack.append((input.index, .evicted))
            }
            if states[current].missingValues == 0 { push(.run(current)) }
        }
    }

    /// Whether an instance reads another, by however many steps. One that changes nothing has the key of what it reads:
    /// they must not wait for each other.
    private func rests(_ index: Int, on other: Int) -> Bool {
        var stack = [index]
        var seen: Set<Int> = [index]
        while let current = stack.popLast() {
            if current == other { return true }
            // Inputs come before whoever reads them.
            for input in needed.inputs[current] where input.index >= other && seen.insert(input.index).inserted {
                stack.append(input.index)
            }
        }
        return false
    }

    private mutating func wait(_ index: Int, for input: Int) {
        states[index].missingValues += 1
        waiters[input, default: []].append(index)
    }

    private mutating func wakeWaiters(of index: Int) {
        for waiter in waiters.removeValue(forKey: index) ?? [] {
            guard case .waiting = states[waiter].phase else { continue }
            states[waiter].missingValues -= 1
            if states[waiter].missingValues == 0 { push(.run(waiter)) }
        }
    }

    private mutating func push(_ job: Job) {
        if readsAhead {
            switch job {
            case .deliver(let index): wanted.append(index)
            case .run(let index): wanted += needed.inputs[index].map(\.index)
            }
        }
        queue.push(job, isEarly: graph.instances[job.instance].schema.evaluation != .cached)
    }

    // MARK: - Failures and absences

    /// What cannot go on without the instance: those that have no digest of it, and those that wait for its value. One
    /// that runs has all it needs, and one that can do without it goes on.
    ///
    /// - Parameter phase: that of what cannot go on: blocked or skipped.
    private mutating func withhold(_ first: Int, _ phase: InstanceState.Phase) {
        let hasFailed = if case .blocked = phase { true } else { false }
        var stack = [first]
        while let stuck = stack.popLast() {
            var affected: [Int] = []
            if hasFailed {
                affected += waiters.removeValue(forKey: stuck) ?? []
                affected += followers.removeValue(forKey: stuck) ?? []
            }
            if !states[stuck].isAbsent, !hasFailed || states[stuck].digest == nil {
                states[stuck].isAbsent = true
                someAreAbsent = true
                for reader in needed.dependants[stuck] {
                    let goesOn = hasFailed ? failuresAreBlank && reader.isGathered : reader.whenAbsent != .skips
                    if goesOn { countAsResolved(for: reader.index) } else { affected.append(reader.index) }
                }
            }
            for index in affected {
                switch states[index].phase {
                case .unresolved, .waiting, .follows:
                    setPhase(phase, of: index)
                    stack.append(index)
                case .lookedUp, .running, .cached, .ran, .failed, .blocked, .skipped: break
                }
            }
        }
    }

    /// Blocked or skipped, where an input that can do without some has none left.
    private func phaseForWantOfInput(_ index: Int) -> InstanceState.Phase? {
        guard someAreAbsent else { return nil }
        let instance = graph.instances[index]
        for port in instance.schema.inputs where port.whenAbsent != .skips {
            guard let sources = instance.inputs(of: port.name), let first = sources.first,
                sources.allSatisfy({ states[$0].isAbsent })
            else { continue }
            for source in sources {
                switch states[source].phase {
                case .failed: return .blocked(by: source)
                case .blocked(let cause): return .blocked(by: cause)
                default: break
                }
            }
            if case .skipped(let cause) = states[first].phase { return .skipped(by: cause) }
            return .skipped(by: first)
        }
        return nil
    }

    private mutating func setPhase(_ phase: InstanceState.Phase, of index: Int) {
        states[index].phase = phase
        if case .skipped = phase { unreported.append(index) }
    }

    /// What waits for an instance that is itself blocked.
    private mutating func block(_ index: Int, by cause: Int) {
        for waiter in waiters.removeValue(forKey: index) ?? [] {
            guard case .waiting = states[waiter].phase else { continue }
            states[waiter].phase = .blocked(by: cause)
            block(waiter, by: cause)
        }
    }

    // MARK: - Values

    /// Holds what somebody is about to use, or nobody else has; the rest is left to the cache.
    private mutating func place(_ given: Given, isStored: Bool, at index: Int) {
        guard let artifact = given.artifact else { return setValue(isStored ? .stored : .nowhere, of: index) }
        let isWanted: Bool
        if isReference(index) {
            isWanted = true
        } else if isStored {
            isWanted = states[index].directUses > 0 && heldStored + given.bytes <= mostHeld
        } else {
            isWanted = states[index].uses > 0 || states[index].isDeliveryWanted
        }
        let unheld: InstanceState.Location = isStored ? .stored : .nowhere
        setValue(isWanted ? .held(artifact, bytes: given.bytes, isStored: isStored) : unheld, of: index)
    }

    private mutating func setValue(_ value: InstanceState.Location, of index: Int) {
        if case .held(_, let bytes, let isStored) = states[index].value { account(-bytes, isStored: isStored) }
        if case .held(_, let bytes, let isStored) = value { account(bytes, isStored: isStored) }
        states[index].value = value
    }

    private mutating func account(_ bytes: Int, isStored: Bool) {
        budget.hold(bytes)
        if isStored { heldStored += bytes }
    }

    private mutating func releaseInputs(of index: Int) {
        for input in needed.inputs[index] {
            states[input.index].uses -= 1
            if !input.isGathered { states[input.index].directUses -= 1 }
            letGoOfUnused(input.index)
        }
    }

    /// References are small, are in no cache, and stay.
    private mutating func letGoOfUnused(_ index: Int) {
        guard case .held(_, _, let isStored) = states[index].value, !isReference(index),
            !states[index].isDeliveryWanted
        else { return }
        if isStored, states[index].directUses <= 0 { setValue(.stored, of: index) }
        if !isStored, states[index].uses <= 0 { setValue(.nowhere, of: index) }
    }

    private func isReference(_ index: Int) -> Bool { graph.instances[index].schema.evaluation == .reference }
}

/// An instance gave another value than before, under the same key.
struct NotDeterministic: Error, Hashable, CustomStringConvertible {
    let known: Digest
    let found: Digest

    var description: String {
        "it gave another value than before (\(found.short), not \(known.short)) for the same inputs: either it is not "
            + "deterministic, or the program changed without a new version of this node; --force makes it and all that "
            + "follows anew"
    }
}
