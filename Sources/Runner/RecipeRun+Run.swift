import Foundation
import Graph
import Recipes
import Store

extension RecipeRun {
    /// Runs what has to run, writes the outputs, checks the expectations. Everything finished is in the cache when this
    /// returns, however it ends.
    public func run() -> RunSummary { runToItsEnd().summary }

    /// The same.
    ///
    /// - Returns: with it the run that came to the end: another than this where this was begun again.
    public func runToItsEnd() -> (run: RecipeRun, summary: RunSummary) {
        let start = ContinuousClock.now
        let run = attempt()
        run.store.flush()
        for output in run.delivery.missingOutputs() { run.note(output) }
        run.offerCached()
        store.remote?.finish { !cancellation.isRequested }
        run.checkKept()
        let summary = run.state.withLock { state in
            state.summary.seconds = (ContinuousClock.now - start) / .seconds(1)
            if options.shard != nil { state.summary.peakMemory = MemoryReadings.peak }
            state.summary.remote = store.remote.map { RemoteSummary(name: $0.tier.name, $0.statistics) }
            report(.summary(state.summary))
            return state.summary
        }
        return (run, summary)
    }

    /// - Returns: the run that went to its end.
    private func attempt() -> RecipeRun {
        runToEnd()
        guard let falsehood = state.withLock(\.falsehood) else { return self }
        guard !cancellation.isRequested, let again = try? again() else {
            finish()
            return self
        }
        report(.warning("\(falsehood): nothing that it said is believed any more, and the run begins again without it"))
        return again.attempt()
    }

    private func runToEnd() {
        delivery.clearStrays()
        begin()
        for index in state.withLock({ $0.failures.keys.sorted() }) { noteFailure(of: index) }
        let isStopped = state.withLock { $0.scheduler.isStopped }
        let obstacles = delivery.obstacles(digests: digests(), tries: !isStopped)
        if !obstacles.isEmpty, !isStopped {
            // All that is wrong is said at once, and nothing is written.
            let known = Set(state.withLock { $0.failures.keys })
            runJobs(early: true, isKept: false)
            for index in state.withLock({ $0.failures.keys.sorted() }) where !known.contains(index) {
                noteFailure(of: index)
            }
            state.withLock { $0.scheduler.stop() }
        }
        for obstacle in obstacles { note(obstacle) }
        runJobs(early: true)
        if state.withLock({ $0.falsehood != nil }) { return }
        for index in checkPictureSizes() { noteFailure(of: index) }
        for loss in delivery.replacements(digests: digests(), blanks: blanks()) { report(.warning(loss)) }
        reportPlan()
        runJobs()
        let wanted = delivery.tablesDemand(digests: digests(), blanks: blanks())
        if !wanted.isEmpty {
            state.change { state in for index in wanted { state.scheduler.deliver(index) } }
            runJobs()
        }
        if state.withLock({ $0.falsehood == nil }) { finish() }
    }

    /// What a shard finds here may be of a run that could not share it.
    private func offerCached() {
        guard options.shard != nil, !cancellation.isRequested else { return }
        let (states, remote) = state.withLock { ($0.scheduler.states, $0.foundRemotely) }
        store.offer(
            shardTargets.sorted().compactMap { index in
                if case .ran = states[index].phase { return nil }
                return remote.contains(index) || states[index].digest == nil ? nil : states[index].key
            }
        )
    }

    /// A shard is for nothing but what it keeps, and shares.
    private func checkKept() {
        guard options.shard != nil else { return }
        let states = state.withLock { $0.scheduler.states }
        let ran = shardTargets.sorted().compactMap { index in
            if case .ran = states[index].phase { states[index].key } else { nil }
        }
        let unkept = store.unkept(ran).count
        let unsent = store.remote?.statistics.notWritten ?? 0
        state.withLock { $0.summary.unkept = max(unkept, unsent) }
        if unkept > 0 {
            report(
                .warning(
                    "\(unkept) of \(counted(ran.count, "result")) \(unkept == 1 ? "is" : "are") lost, since the cache could not be written"
                )
            )
        }
        if unsent > 0 {
            report(.warning("\(counted(unsent, "result")) did not reach the remote cache: other machines lack them"))
        }
    }

    /// Instances of which tables leave the rows empty.
    private func blanks() -> Set<Int> {
        let scheduler = state.withLock { $0.scheduler }
        return Set(needed.indices.filter(scheduler.isBlank))
    }

    private func digests() -> [Digest?] { state.withLock { $0.scheduler.states.map(\.digest) } }

    private func reportPlan() {
        note(state.withLock { $0.scheduler.takeUnreported() })
        let (work, known) = state.withLock { state in
            state.isPlanned = true
            return (plan(&state), state.knownAtPlan)
        }
        report(.planned(recipe: graph.name, work))
        reportNotRun(known.map { ($0, isPlanned: true) })
    }

    /// As `snapshot`, without the reasons, which cost a look into the cache each.
    private func plan(_ state: inout RunState) -> PlannedWork {
        var work = PlannedWork()
        state.toRun = []
        for index in needed.indices {
            let schema = graph.instances[index].schema
            guard schema.evaluation != .reference else { continue }
            switch state.scheduler.states[index].phase {
            case .cached, .follows: work.cached += 1
            case .unresolved, .lookedUp, .waiting, .running:
                work.toRun[schema.name, default: 0] += 1
                state.toRun.insert(index)
            case .ran:
                work.toRun[schema.name, default: 0] += 1
                work.ran[schema.name, default: 0] += 1
            case .failed, .blocked, .skipped: break
            }
        }
        return work
    }

    // MARK: - Jobs

    /// Works until nothing is left that can be done.
    /// - Parameter early: only what planning runs.
    func runJobs(early: Bool = false, isKept: Bool = true) {
        WorkerThreads.run(options.jobs) { self.workThrough(early: early, isKept: isKept) }
    }

    private func workThrough(early: Bool, isKept: Bool) {
        while let (job, postponed) = takeJob(early: early) {
            perform(job, isKept: isKept, postponed: postponed)
            state.change { $0.active -= 1 }
        }
    }

    /// Waits for a job; nil when none is left and none is under way that could lead to more.
    private func takeJob(early: Bool) -> (Scheduler.Job, PostponedJob?)? {
        while true {
            // What is said of a wait is said outside of the lock.
            enum Step { case job(Scheduler.Job, PostponedJob?), tell(PostponedJob), end }
            let step: Step = state.wait { state in
                if cancellation.isRequested { state.scheduler.stop() }
                if let job = state.scheduler.next(early: early) {
                    state.active += 1
                    return .done(.job(job, nil))
                }
                guard !state.scheduler.isStopped, !state.postponed.isEmpty else {
                    return state.active > 0 ? .forChange : .done(.end)
                }
                let now = Date()
                if let place = state.postponed.firstIndex(where: { $0.due <= now }) {
                    let postponed = state.postponed.remove(at: place)
                    state.active += 1
                    return .done(.job(postponed.job, postponed))
                }
                if let place = state.postponed.firstIndex(where: { !$0.isTold && now.timeIntervalSince($0.since) > 1 })
                {
                    state.postponed[place].isTold = true
                    return .done(.tell(state.postponed[place]))
                }
                return .until(state.postponed.map(\.due).min() ?? now)
            }
            switch step {
            case .job(let job, let postponed): return (job, postponed)
            case .tell(let postponed):
                report(.waiting(InstanceName(graph.instances[postponed.job.instance]), for: postponed.holder))
            case .end: return nil
            }
        }
    }

    // MARK: - One job

    private func perform(_ job: Scheduler.Job, isKept: Bool, postponed: PostponedJob?) {
        switch job {
        case .run(let index): runInstance(index, isKept: isKept, postponed: postponed)
        case .deliver(let index): deliverStored(index)
        }
    }

    private func runInstance(_ index: Int, isKept: Bool, postponed: PostponedJob?) {
        do {
            let key = state.withLock { $0.scheduler.key(of: index) }
            let isShared = isKept && !isReference(index)
            guard let turn = isShared ? try takeTurn(index, key.digest, after: postponed) : Turn(),
                let inputs = inputs(of: index)
            else { return }
            let outcome = try run(index, key.digest, inputs)
            do {
                if isShared { try checkSame(outcome.encoded.digest, as: turn.known, index) }
                // A plan takes it that a run would keep it.
                let isStored = isKept ? keep(outcome, of: index, key, claim: turn.claim) : !isReference(index)
                try complete(index, outcome, key.digest, isKept: isKept, isStored: isStored)
            } catch let difference as NotDeterministic where store.isTold(key.digest) {
                if isKept { keep(outcome, of: index, key, claim: turn.claim) }
                throw Falsehood(title: InstanceName(graph.instances[index]).title, difference)
            }
        } catch let falsehood as Falsehood {
            state.change { state in
                state.falsehood = state.falsehood ?? "\(falsehood)"
                state.scheduler.stop()
            }
        } catch let gone as ValuesGone {
            state.change { $0.scheduler.valuesAreGone(gone.indices, neededBy: .run(index)) }
        } catch is CancellationError where cancellation.isRequested {
            state.change { $0.scheduler.stop() }
        } catch {
            fail(index, error)
            // A plan has more to say than its first failure.
            if isKept { noteFailure(of: index) }
        }
    }

    /// An instance's turn to run: no other process computes the same meanwhile.
    private struct Turn {
        var claim: Claim?
        /// What its key gave before.
        var known: Digest?
    }

    /// - Returns: nil when there is nothing to run: another process computes it, or has done so since it was looked up.
    private func takeTurn(_ index: Int, _ key: Digest, after postponed: PostponedJob?) throws -> Turn? {
        var turn = Turn()
        switch store.tryClaim(key) {
        case .held(let claim): turn.claim = claim
        case .taken(let holder):
            postpone(.run(index), for: holder, after: postponed)
            return nil
        case .unsupported: break
        }
        guard let result = store.result(for: key) ?? askAgain(index, key) else { return turn }
        turn.known = result.value
        guard !isForced(index), state.withLock({ $0.scheduler.isUsable(result) }) else { return turn }
        turn.claim?.release()
        try advance { try $0.completeFromCache(index, result) }
        return nil
    }

    /// What another machine may have computed since the plan was made.
    private func askAgain(_ index: Int, _ key: Digest) -> StoredResult? {
        guard !isForced(index), store.isWorthAsking(key) else { return nil }
        return ask([(index, key)])[key]
    }

    /// What the remote cache knows of these keys, of which nothing is known here.
    private func ask(_ asked: [(index: Int, key: Digest)]) -> [Digest: StoredResult] {
        guard store.remote != nil, !asked.isEmpty else { return [:] }
        let traces = store.ask(
            asked.map { RemoteCache.Question(key: $0.key, kind: graph.instances[$0.index].schema.output.kind) }
        )
        var results: [Digest: StoredResult] = [:]
        for (index, digest) in asked {
            guard results[digest] == nil, let trace = traces[digest] else { continue }
            let key = state.withLock { $0.scheduler.key(of: index) }
            results[digest] = store.take(trace, for: key)
        }
        let found = asked.filter { results[$0.key] != nil }.map(\.index)
        state.withLock { $0.foundRemotely.formUnion(found) }
        return results
    }

    private func run(_ index: Int, _ key: Digest, _ inputs: Inputs) throws -> NodeWork.Outcome {
        if !isReference(index) {
            let isPlanned = state.withLock { !$0.toRun.insert(index).inserted || !$0.isPlanned }
            let name = InstanceName(graph.instances[index])
            report(.started(name, because: shownReason(index), isPlanned: isPlanned))
        }
        try checkFiles(readFor: index)
        let outcome = try work.run(index, key: key, inputs: inputs.values, inputBytes: inputs.bytes)
        if !outcome.files.isEmpty { state.withLock { $0.foundFiles[index, default: []] += outcome.files } }
        try checkFiles(readFor: index)
        return outcome
    }

    private func shownReason(_ index: Int) -> String? {
        guard options.givesReasons else { return nil }
        let scheduler = state.withLock { $0.scheduler }
        guard case .running(let cause) = scheduler.states[index].phase else { return nil }
        return reason(cause, for: index, scheduler).summary(in: graph)
    }

    /// - Throws: `NotDeterministic`; with `--force`, where nothing rests on what was known, that is a warning.
    private func checkSame(_ digest: Digest, as known: Digest?, _ index: Int) throws {
        guard let known, known != digest else { return }
        let difference = NotDeterministic(known: known, found: digest)
        guard isForced(index), state.withLock({ $0.scheduler.states[index].digest == nil }) else { throw difference }
        report(.nodeWarning(NodeWarning(InstanceName(graph.instances[index]), "\(difference)")))
    }

    /// - Parameter isStored: whether the cache has the value, so that it need not be held.
    private func complete(
        _ index: Int,
        _ outcome: NodeWork.Outcome,
        _ key: Digest,
        isKept: Bool,
        isStored: Bool
    ) throws {
        let isReference = isReference(index)
        let digest = outcome.encoded.digest
        if !isReference {
            let name = InstanceName(graph.instances[index])
            state.withLock { _ = $0.toRun.remove(index) }
            report(.finished(name, seconds: outcome.seconds, digest: digest))
        }
        var isWanted = false
        try advance { scheduler in
            isWanted = isKept && scheduler.isDeliveryWanted(index, digest)
            // A plan keeps nothing: who needs the value again reads it again.
            let isHeld = isKept || isReference || scheduler.isAwaited(index)
            try scheduler.complete(
                index,
                Scheduler.Given(
                    artifact: isHeld ? outcome.artifact : nil,
                    digest: digest,
                    bytes: outcome.encoded.count,
                    isStored: isStored
                )
            )
        }
        if !isReference { state.withLock { $0.summary.ran += 1 } }
        guard let artifact = outcome.artifact else { return warnOfAbsence(index) }
        if isWanted {
            deliver(index, artifact, digest, key)
        } else if isKept {
            delivery.measure(index, artifact)
        }
    }

    private func warnOfAbsence(_ index: Int) {
        let instance = graph.instances[index]
        guard let absence = instance.schema.absence else { return }
        report(.nodeWarning(NodeWarning(InstanceName(instance), "\(absence); what rests on it is skipped")))
    }

    private func isReference(_ index: Int) -> Bool { graph.instances[index].schema.evaluation == .reference }

    private func postpone(_ job: Scheduler.Job, for holder: String?, after earlier: PostponedJob?) {
        let delay = min(0.25, 2 * (earlier?.delay ?? 0.005))
        let now = Date()
        state.change { state in
            state.postponed.append(
                PostponedJob(
                    job: job,
                    due: now + delay,
                    delay: delay,
                    since: earlier?.since ?? now,
                    isTold: earlier?.isTold ?? false,
                    holder: holder
                )
            )
        }
    }

    /// What an instance is given: whole values read now, gathered ones when they are asked for.
    private struct Inputs {
        var values: [String: [InputValue]] = [:]
        /// By port: what the values take that are in memory.
        var bytes: [String: Int] = [:]
    }

    /// - Returns: nil when one is gone: the job comes again when it has been made again.
    private func inputs(of index: Int) -> Inputs? {
        let job = Scheduler.Job.run(index)
        let instance = graph.instances[index]
        let absent = state.withLock { state in
            Set(needed.inputs[index].map(\.index).filter { state.scheduler.states[$0].isAbsent })
        }
        let direct = needed.inputs[index].filter { !$0.isGathered && !absent.contains($0.index) }.map(\.index)
        guard let whole = values(of: direct, for: job) else { return nil }
        var inputs = Inputs()
        for port in instance.schema.inputs {
            guard let sources = instance.inputs(of: port.name) else { continue }
            inputs.values[port.name] = sources.compactMap { source in
                let cell = graph.instances[source].cell
                if absent.contains(source) { return port.whenAbsent == .blank ? InputValue(absentAt: cell) : nil }
                if let (artifact, _) = whole[source] { return InputValue(cell: cell, artifact) }
                return InputValue(cell: cell) { [self] in try gathered(source) }
            }
            inputs.bytes[port.name] = sources.reduce(0) { $0 + (whole[$1]?.bytes ?? 0) }
        }
        return inputs
    }

    /// - Throws: `ValuesGone`.
    private func gathered(_ index: Int) throws -> any Artifact {
        let (artifact, digest) = state.withLock {
            ($0.scheduler.states[index].artifact, $0.scheduler.states[index].digest)
        }
        if let artifact { return artifact }
        guard let digest, let (loaded, _) = work.load(digest, for: index) else { throw ValuesGone(indices: [index]) }
        return loaded
    }

    /// The values of instances, from memory or the cache.
    /// - Returns: nil when one is gone: the job comes again when it has been made again.
    private func values(
        of indices: [Int],
        for job: Scheduler.Job
    ) -> [Int: (artifact: any Artifact, bytes: Int)]? {
        var values: [Int: (artifact: any Artifact, bytes: Int)] = [:]
        var gone: [Int] = []
        for index in indices {
            let (location, digest) = state.withLock {
                ($0.scheduler.states[index].value, $0.scheduler.states[index].digest)
            }
            switch location {
            case .held(let artifact, let bytes, _): values[index] = (artifact, bytes)
            case .stored, .nowhere:
                if case .stored = location, let loaded = digest.flatMap({ work.load($0, for: index) }) {
                    values[index] = loaded
                    state.withLock { $0.scheduler.keep(index, loaded.artifact, bytes: loaded.bytes) }
                } else {
                    gone.append(index)
                }
            }
        }
        guard !gone.isEmpty else { return values }
        state.change { $0.scheduler.valuesAreGone(gone, neededBy: job) }
        return nil
    }

    /// - Throws: `FileChanged` when a file that the instance, or a reference that it takes, reads is not what it was.
    private func checkFiles(readFor index: Int) throws {
        let paths = state.withLock { state in
            var paths: Set<String> = []
            var stack = [index]
            while let current = stack.popLast() {
                paths.formUnion(graph.instances[current].namedFiles)
                paths.formUnion(state.foundFiles[current] ?? [])
                for input in needed.inputs[current]
                where graph.instances[input.index].schema.evaluation == .reference { stack.append(input.index) }
            }
            return paths
        }
        try files.check(paths)
    }

    /// The files that an instance itself reads.
    func filesRead(by index: Int) -> [String] {
        files.withCompanions(graph.instances[index].namedFiles) + state.withLock { $0.foundFiles[index] ?? [] }
    }

    /// - Returns: whether the cache has the value now.
    @discardableResult
    private func keep(
        _ outcome: NodeWork.Outcome,
        of index: Int,
        _ key: CacheKey,
        claim: Claim?
    ) -> Bool {
        let instance = graph.instances[index]
        let digest = outcome.encoded.digest
        // A reference is kept as a trace alone, to be able to say later what changed.
        let isReference = isReference(index)
        var isStored = false
        if !isReference || store.result(for: key.digest)?.value != digest {
            isStored = store.insert(
                digest,
                isReference ? nil : outcome.encoded,
                kind: outcome.artifact == nil ? Absence.record.kind : instance.schema.output.kind,
                for: key,
                cost: outcome.seconds,
                claim: claim
            )
        }
        if instance.schema.type.repeatsWarnings, !outcome.warnings.isEmpty {
            KeptWarnings(store: store).keep(outcome.warnings, of: key.digest)
        }
        history.remember(key.digest, of: instance.title)
        return isStored
    }

    /// Lets the scheduler take a step, and asks the cache what the step wants to know, until it wants no more.
    func advance(_ step: (inout Scheduler) throws -> Void) rethrows {
        try state.change { try step(&$0.scheduler) }
        while true {
            let asked = state.withLock { state in
                state.scheduler.takeLookups().compactMap { index in
                    state.scheduler.states[index].key.map { (index: index, key: $0) }
                }
            }
            if asked.isEmpty { break }
            var results = store.results(for: asked.map(\.key))
            let told = ask(asked.indices.filter { results[$0] == nil }.map { asked[$0] })
            for place in asked.indices where results[place] == nil { results[place] = told[asked[place].key] }
            state.change { [results] in $0.scheduler.found(results, for: asked.map(\.index)) }
        }
        fetchWanted()
        note(state.withLock { $0.scheduler.takeUnreported() })
    }

    /// Has the remote cache send what jobs are about to ask for, many values at once.
    private func fetchWanted() {
        let wanted = state.withLock { state in
            let wanted = state.scheduler.takeWanted()
            return !state.isKept ? [] : wanted.compactMap { state.scheduler.states[$0].digest }
        }
        store.fetch(wanted)
    }

    private func noteFailure(of index: Int) {
        let failure = state.withLock { state in
            guard let failure = state.failures[index] else { return NodeFailure?.none }
            state.toRun.remove(index)
            state.summary.failures.append(failure)
            if !options.keepGoing, !failure.isMissingBaseline { state.scheduler.stop() }
            return failure
        }
        if let failure { report(.failed(failure)) }
    }

    /// Tells of instances that are cached or skipped.
    private func note(_ indices: [Int]) {
        guard !indices.isEmpty else { return }
        let toRun: [Bool]? = state.withLock { state in
            if state.isPlanned { return indices.map { state.toRun.remove($0) != nil } }
            state.knownAtPlan += indices
            return nil
        }
        guard let toRun else { return }
        reportNotRun(zip(indices, toRun).map { ($0, isPlanned: !$1) })
    }

    private func reportNotRun(_ instances: [(index: Int, isPlanned: Bool)]) {
        let warnings = keptWarnings(of: instances.map(\.index), state.withLock { $0.scheduler })
        for (index, isPlanned) in instances { reportNotRun(index, isPlanned: isPlanned, warnings[index] ?? []) }
    }

    private func reportNotRun(_ index: Int, isPlanned: Bool, _ warnings: [NodeWarning]) {
        let state = state.withLock { $0.scheduler.states[index] }
        let name = InstanceName(graph.instances[index])
        if case .skipped(let cause) = state.phase {
            report(.skipped(name, by: InstanceName(graph.instances[cause]), isPlanned: isPlanned))
        } else if let value = state.digest {
            report(.cached(name, digest: value, isPlanned: isPlanned))
            if state.isAbsent { warnOfAbsence(index) }
            for warning in warnings { report(.nodeWarning(warning)) }
        }
    }

    /// What instances warned of when they gave the results that are used.
    func keptWarnings(of indices: [Int], _ scheduler: Scheduler) -> [Int: [NodeWarning]] {
        let keyed = indices.compactMap { index -> (index: Int, key: Digest)? in
            guard graph.instances[index].schema.type.repeatsWarnings, case .cached = scheduler.states[index].phase,
                let key = scheduler.states[index].key
            else { return nil }
            return (index, key)
        }
        guard !keyed.isEmpty else { return [:] }
        var warnings: [Int: [NodeWarning]] = [:]
        for ((index, _), texts) in zip(keyed, KeptWarnings(store: store).texts(of: keyed.map(\.key)))
        where !texts.isEmpty {
            warnings[index] = texts.map { NodeWarning(InstanceName(graph.instances[index]), $0) }
        }
        return warnings
    }

    // MARK: - Outputs, tables, expectations

    private func deliverStored(_ index: Int) {
        if shardTargets.contains(index) { return state.change { $0.scheduler.delivered(index) } }
        guard let (artifact, _) = values(of: [index], for: .deliver(index))?[index] else { return }
        let (value, key) = state.withLock { ($0.scheduler.states[index].digest, $0.scheduler.states[index].key) }
        guard let value, let key else { return }
        deliver(index, artifact, value, key)
        state.change { $0.scheduler.delivered(index) }
    }

    private func deliver(_ index: Int, _ artifact: any Artifact, _ value: Digest, _ key: Digest) {
        if options.tellsMeasurements, !type(of: artifact).fields.isEmpty {
            let values = type(of: artifact).fields.map { ($0, artifact.field($0)) }
            let measured = Dictionary(uniqueKeysWithValues: values).compactMapValues(\.self)
            report(.measured(InstanceName(graph.instances[index]), measured))
        }
        let outputs = delivery.deliver(index, artifact, value: value, key: key) { index in
            Dictionary(
                filesRead(by: index).compactMap { path in files.knownDigest(of: path).map { (path, $0) } },
                uniquingKeysWith: { first, _ in first }
            )
        }
        for output in outputs { note(output) }
    }

    private func note(_ output: OutputReport) {
        state.withLock { $0.summary.outputs.append(output) }
        report(.output(output))
    }

    private func finish() {
        let scheduler = state.withLock { $0.scheduler }
        var cached = 0
        var notRun = 0
        var skipped = 0
        var blocked: [(Int, by: Int)] = []
        for index in needed.indices where graph.instances[index].schema.evaluation != .reference {
            let state = scheduler.states[index]
            switch state.phase {
            case .cached: cached += 1
            case .blocked(let cause):
                notRun += 1
                blocked.append((index, by: cause))
            case .skipped: skipped += 1
            case .unresolved, .lookedUp, .waiting, .running, .follows: notRun += 1
            case .ran, .failed: break
            }
        }
        history.remember(
            needed.indices.lazy.compactMap { [graph] index in
                guard case .cached = scheduler.states[index].phase, !self.isReference(index) else { return nil }
                return scheduler.states[index].key.map { (instance: graph.instances[index], key: $0) }
            }
        )
        state.withLock { state in
            state.summary.outputs.reserveCapacity(graph.outputs.count)
            state.summary.isInterrupted = cancellation.isRequested
            state.summary.cached += cached
            state.summary.notRun += notRun
            state.summary.skipped += skipped
            state.summary.endedEarly =
                !options.keepGoing && !cancellation.isRequested
                && state.summary.failures.contains { !$0.isMissingBaseline }
                && (notRun > blocked.count || blocked.contains { graph.instances[$0.0].gathers })
        }
        for (index, cause) in blocked {
            report(.blocked(InstanceName(graph.instances[index]), by: InstanceName(graph.instances[cause])))
        }
        for output in delivery.unchangedOutputs() { note(output) }
        let tables =
            delivery.tables.isEmpty
            ? [] : delivery.finishTables(digests: scheduler.states.map(\.digest), blanks: blanks())
        for (output, table) in tables {
            note(output)
            if let table { state.withLock { $0.summary.tables.append(table) } }
        }
        let expectations = delivery.expectationReports()
        let unjudged = delivery.unjudgedExpectations { notMade($0, scheduler) }
        state.withLock { state in
            state.summary.expectations += expectations
            state.summary.unjudged += unjudged
        }
        for expectation in expectations { report(.expectation(expectation)) }
        let regressions = regressions(expectations)
        state.withLock { $0.summary.regressions = regressions }
    }

    private func notMade(_ index: Int, _ scheduler: Scheduler) -> NotMade {
        switch scheduler.states[index].phase {
        case .failed: .failed(InstanceName(graph.instances[index]))
        case .blocked(let cause): .failed(InstanceName(graph.instances[cause]))
        case .skipped(let cause): .nothingToGive(InstanceName(graph.instances[cause]))
        case .unresolved, .lookedUp, .waiting, .running, .follows, .cached, .ran:
            cancellation.isRequested ? .interrupted : .endedEarly
        }
    }
}

extension Instance {
    /// Whether it takes a sweep, of which what fails leaves a blank.
    fileprivate var gathers: Bool { schema.inputs.contains { $0.arity == .gathered } }
}

/// Values that the cache listed are not to be had after all; they are made again.
private struct ValuesGone: Error {
    let indices: [Int]
}

/// A remote cache told of a result that the node does not give.
private struct Falsehood: Error, CustomStringConvertible {
    let title: String
    let difference: NotDeterministic

    init(title: String, _ difference: NotDeterministic) {
        self.title = title
        self.difference = difference
    }

    var description: String {
        "`\(title)` gave \(difference.found.short), and the remote cache says \(difference.known.short)"
    }
}
