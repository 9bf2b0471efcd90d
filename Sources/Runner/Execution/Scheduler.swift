import Graph
import Store

/// Decides what has to run, and when: the state of every instance between the first look into the cache and the end.
///
/// An instance is *resolved* when the digest of its value is known: from the cache, once all its inputs are resolved and
/// its key can be taken, or from running it. Resolving needs digests alone. Only what has to run, and what an output
/// needs, asks for values; and a value that was evicted makes its instance run again. So a sweep whose pictures are in
/// place touches nothing but keys. Working on it is the business of others; nothing here blocks or reads files.
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

    enum Phase {
        case unresolved, cached, waiting, ran, failed
        /// Not run, since this instance before it failed.
        case blocked(by: Int)
    }

    /// What the scheduler asks of the world.
    struct Oracle {
        let key: (Int, _ inputs: [String: [CacheKey.InputDigest]]) -> CacheKey
        let lookUp: (Digest) -> StoredResult?
        /// Whether the run needs the value itself, when it is this one and came from this key.
        let needsDelivery: (Int, _ value: Digest, _ key: Digest) -> Bool
    }

    private let graph: ExecutionGraph
    private let forced: Set<Int>
    let needed: NeededInstances

    private(set) var phases: [Phase]
    private(set) var keys: [CacheKey?]
    private(set) var keyDigests: [Digest?]
    private(set) var digests: [Digest?]
    /// Instances that run, or ran, because their value was not in the cache.
    private(set) var evicted: Set<Int> = []
    /// Instances that were resolved from the cache and are yet to be told of.
    private(set) var newlyCached: [Int] = []
    private(set) var artifacts: [Int: any Artifact] = [:]
    private(set) var isStopped = false

    private var hasValue: [Bool]
    /// Of references, by the names of their parts.
    private var partDigests: [Int: [String: Digest]] = [:]
    private var unresolvedInputs: [Int]
    /// How many inputs each waiting instance lacks the values of.
    private var missingValues: [Int]
    private var valueWaiters: [Int: [Int]] = [:]
    private var deliveryWanted: Set<Int> = []
    /// Of several instances with one key the first to be resolved runs, and the others follow it.
    private var leaders: [Digest: Int] = [:]
    private var followers: [Int: [Int]] = [:]
    /// How many dependants may still want the value.
    private var uses: [Int]
    private var queue: JobQueue
    private var resolvable: [Int] = []

    init(graph: ExecutionGraph, needed: NeededInstances, forced: Set<Int>) {
        self.graph = graph
        self.needed = needed
        self.forced = forced
        let count = graph.instances.count
        phases = Array(repeating: .unresolved, count: count)
        keys = Array(repeating: nil, count: count)
        keyDigests = Array(repeating: nil, count: count)
        digests = Array(repeating: nil, count: count)
        hasValue = Array(repeating: false, count: count)
        unresolvedInputs = needed.inputs.map(\.count)
        missingValues = Array(repeating: 0, count: count)
        uses = needed.dependants.map(\.count)
        queue = JobQueue(needed: needed, isEarly: graph.instances.map { $0.schema.evaluation != .cached })
    }

    /// Looks up whatever can be looked up without running anything.
    mutating func begin(_ oracle: Oracle) {
        resolvable = needed.indices.reversed().filter { needed.inputs[$0].isEmpty }
        resolve(oracle)
    }

    /// The next job, if there is one that can be done now.
    /// - Parameter early: only what planning runs: references and readers of files.
    mutating func next(early: Bool) -> Job? { isStopped ? nil : queue.pop(early: early) }

    mutating func stop() { isStopped = true }

    /// The instances cached since this was last asked.
    mutating func takeNewlyCached() -> [Int] {
        defer { newlyCached = [] }
        return newlyCached
    }

    // MARK: - What others found

    /// An instance ran, or was found in the cache at the last moment.
    mutating func complete(_ index: Int, _ artifact: (any Artifact)?, digest: Digest, isStored: Bool, _ oracle: Oracle)
    {
        hasValue[index] = isStored
        if uses[index] > 0 || isReference(index) { artifacts[index] = artifact }
        phases[index] = .ran
        deliveryWanted.remove(index)
        settle(index, digest)
        for follower in followers.removeValue(forKey: index) ?? [] {
            hasValue[follower] = isStored
            if !isStored { artifacts[follower] = artifact }
            markCached(follower, digest, oracle)
        }
        for waiter in valueWaiters.removeValue(forKey: index) ?? [] {
            missingValues[waiter] -= 1
            if missingValues[waiter] == 0 { queue.push(.run(waiter)) }
        }
        releaseInputs(of: index)
        resolve(oracle)
    }

    /// Another process gave the result while this one waited for its turn.
    mutating func completeFromCache(_ index: Int, _ result: StoredResult, _ oracle: Oracle) {
        let isWanted = isDeliveryWanted(index, result.value, oracle)
        complete(index, nil, digest: result.value, isStored: result.hasValue, oracle)
        phases[index] = .cached
        newlyCached.append(index)
        if isWanted { deliver(index) }
    }

    /// The value of a resolved instance was read for a job.
    mutating func keep(_ index: Int, _ artifact: any Artifact) {
        if uses[index] > 0 { artifacts[index] = artifact }
    }

    mutating func delivered(_ index: Int) {
        deliveryWanted.remove(index)
        if uses[index] <= 0, !isReference(index) { artifacts[index] = nil }
    }

    /// A value that should have been in the cache is not: its instance runs again, and then the job.
    mutating func valueIsGone(_ index: Int, neededBy job: Job) {
        hasValue[index] = false
        artifacts[index] = nil
        evicted.insert(index)
        switch job {
        case .deliver: deliveryWanted.insert(index)
        case .run(let waiter):
            missingValues[waiter] += 1
            valueWaiters[index, default: []].append(waiter)
        }
        require(index)
    }

    mutating func fail(_ index: Int) {
        phases[index] = .failed
        var stack = [index]
        while let failed = stack.popLast() {
            let stuck = needed.dependants[failed] + (valueWaiters.removeValue(forKey: failed) ?? [])
            for dependant in stuck + (followers.removeValue(forKey: failed) ?? []) {
                switch phases[dependant] {
                case .unresolved, .waiting:
                    phases[dependant] = .blocked(by: index)
                    stack.append(dependant)
                case .cached, .ran, .failed, .blocked: break
                }
            }
        }
    }

    /// Asks for the value of a resolved instance.
    mutating func deliver(_ index: Int) {
        guard digests[index] != nil, deliveryWanted.insert(index).inserted else { return }
        if hasValue[index] || artifacts[index] != nil {
            queue.push(.deliver(index))
        } else {
            evicted.insert(index)
            require(index)
        }
    }

    /// Whether outputs, expectations or tables wait for the value that an instance is about to have.
    func isDeliveryWanted(_ index: Int, _ value: Digest, _ oracle: Oracle) -> Bool {
        if deliveryWanted.contains(index) { return true }
        guard let key = keyDigests[index] else { return false }
        return oracle.needsDelivery(index, value, key)
    }

    /// Whether another instance with the same key runs in this one's place.
    func isFollower(_ index: Int) -> Bool {
        guard let key = keyDigests[index], let leader = leaders[key] else { return false }
        return leader != index
    }

    // MARK: - Resolving

    private mutating func resolve(_ oracle: Oracle) {
        while let index = resolvable.popLast() {
            guard case .unresolved = phases[index] else { continue }
            resolve(index, oracle)
        }
    }

    private mutating func resolve(_ index: Int, _ oracle: Oracle) {
        let instance = graph.instances[index]
        let key = oracle.key(index, inputDigests(of: instance))
        let digest = key.digest
        (keys[index], keyDigests[index]) = (key, digest)
        if instance.schema.evaluation == .reference { return require(index) }
        if let leader = leaders[digest] {
            switch phases[leader] {
            case .waiting:
                phases[index] = .waiting
                followers[leader, default: []].append(index)
                return
            case .ran, .cached:
                if let value = digests[leader] {
                    hasValue[index] = hasValue[leader]
                    artifacts[index] = artifacts[leader]
                    return markCached(index, value, oracle)
                }
            case .unresolved, .failed, .blocked: break
            }
        }
        leaders[digest] = index
        if !forced.contains(index), let result = oracle.lookUp(digest) {
            hasValue[index] = result.hasValue
            markCached(index, result.value, oracle)
        } else {
            require(index)
        }
    }

    private mutating func inputDigests(of instance: Instance) -> [String: [CacheKey.InputDigest]] {
        guard !instance.inputs.isEmpty else { return [:] }
        var result: [String: [CacheKey.InputDigest]] = [:]
        for port in instance.schema.inputs {
            guard let sources = instance.inputs[port.name] else { continue }
            result[port.name] = sources.compactMap { source in
                digest(of: port.part, at: source).map { digest in
                    CacheKey.InputDigest(
                        cell: port.arity == .gathered ? graph.instances[source].cell : nil,
                        digest: digest
                    )
                }
            }
        }
        return result
    }

    /// The digest of a value, or of the part of a reference that a port uses.
    private mutating func digest(of part: String?, at source: Int) -> Digest? {
        guard let part, isReference(source), let reference = artifacts[source] else { return digests[source] }
        if let known = partDigests[source]?[part] { return known }
        let digest = reference.part(part).record.digest
        partDigests[source, default: [:]][part] = digest
        return digest
    }

    private mutating func markCached(_ index: Int, _ digest: Digest, _ oracle: Oracle) {
        phases[index] = .cached
        newlyCached.append(index)
        settle(index, digest)
        releaseInputs(of: index)
        if isDeliveryWanted(index, digest, oracle) { deliver(index) }
    }

    /// The digest is known: whoever waited for no other can be resolved.
    private mutating func settle(_ index: Int, _ digest: Digest) {
        let isNews = digests[index] == nil
        digests[index] = digest
        guard isNews else { return }
        for dependant in needed.dependants[index].reversed() {
            unresolvedInputs[dependant] -= 1
            if unresolvedInputs[dependant] == 0 { resolvable.append(dependant) }
        }
    }

    // MARK: - Running

    /// Makes an instance run as soon as it has the values of its inputs, which are made to run where they are gone.
    private mutating func require(_ index: Int) {
        var stack = [index]
        while let current = stack.popLast() {
            switch phases[current] {
            case .waiting: continue
            case .cached, .ran:
                // It had let go of its inputs.
                for input in needed.inputs[current] { uses[input] += 1 }
            case .unresolved, .failed, .blocked: break
            }
            phases[current] = .waiting
            for input in needed.inputs[current] where artifacts[input] == nil && !hasValue[input] {
                missingValues[current] += 1
                valueWaiters[input, default: []].append(current)
                evicted.insert(input)
                stack.append(input)
            }
            if missingValues[current] == 0 { queue.push(.run(current)) }
        }
    }

    private mutating func releaseInputs(of index: Int) {
        for input in needed.inputs[index] {
            uses[input] -= 1
            if uses[input] <= 0, !isReference(input), !deliveryWanted.contains(input) { artifacts[input] = nil }
        }
    }

    /// References are small, are in no cache, and stay.
    private func isReference(_ index: Int) -> Bool { graph.instances[index].schema.evaluation == .reference }
}
