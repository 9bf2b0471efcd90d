import Foundation
import Graph
import Store

extension RecipeRun {
    /// Runs what has to run, writes the outputs, checks the expectations. Everything finished is in the cache when this
    /// returns, however it ends.
    public func run() -> RunSummary {
        let start = ContinuousClock.now
        begin()
        for index in failures.keys.sorted() { noteFailure(of: index) }
        if let problem = delivery.folderProblem(digests: scheduler.digests) {
            scheduler.stop()
            note(problem)
        }
        while !cancellation.isRequested, let job = scheduler.next(early: true) { perform(job, isKept: true) }
        reportPlan()
        runJobs()
        if delivery.demandTables(digests: scheduler.digests, wantFields: { scheduler.deliver($0) }) { runJobs() }
        finish()
        store.flush()
        summary.seconds = (ContinuousClock.now - start) / .seconds(1)
        report(.summary(summary))
        return summary
    }

    private func reportPlan() {
        noteCached(scheduler.takeNewlyCached())
        isPlanned = true
        report(.planned(recipe: graph.name, plannedWork()))
        for index in cachedAtPlan { reportCached(index, isPlanned: true) }
    }

    /// As `snapshot`, without the reasons, which cost a look into the cache each.
    private func plannedWork() -> PlannedWork {
        var work = PlannedWork()
        for index in scheduler.needed.indices {
            let schema = graph.instances[index].schema
            guard schema.evaluation != .reference else { continue }
            switch scheduler.phases[index] {
            case .cached: work.cached += 1
            case .waiting where scheduler.isFollower(index): work.cached += 1
            case .waiting, .unresolved, .ran: work.toRun[schema.name, default: 0] += 1
            case .failed, .blocked: break
            }
        }
        return work
    }

    // MARK: - Jobs

    /// Works until nothing is left that can be done.
    private func runJobs() {
        guard options.jobs > 1 else { return workThrough() }
        let group = DispatchGroup()
        for _ in 0..<options.jobs {
            group.enter()
            let thread = Thread {
                self.workThrough()
                group.leave()
            }
            // As much as the main thread has: nodes may recurse.
            thread.stackSize = 8 << 20
            thread.start()
        }
        group.wait()
    }

    private func workThrough() {
        while let job = takeJob() {
            perform(job, isKept: true)
            condition.withLock {
                active -= 1
                condition.broadcast()
            }
        }
    }

    /// Waits for a job; nil when none is left and none is under way that could lead to more.
    private func takeJob() -> Scheduler.Job? {
        condition.withLock {
            while true {
                if cancellation.isRequested { scheduler.stop() }
                if let job = scheduler.next(early: false) {
                    active += 1
                    return job
                }
                guard active > 0 else { return nil }
                condition.wait()
            }
        }
    }

    // MARK: - One job

    func perform(_ job: Scheduler.Job, isKept: Bool) {
        switch job {
        case .run(let index): runInstance(index, isKept: isKept)
        case .deliver(let index): deliverStored(index)
        }
    }

    private func runInstance(_ index: Int, isKept: Bool) {
        let job = Scheduler.Job.run(index)
        guard let values = values(of: scheduler.needed.inputs[index], for: job) else { return }
        let instance = graph.instances[index]
        let isReference = instance.schema.evaluation == .reference
        let (key, keyDigest) = condition.withLock { (scheduler.keys[index], scheduler.keyDigests[index]) }
        guard let key, let keyDigest else { return }
        do {
            var claim: Claim?
            if isKept, !isReference {
                claim = try store.claim(keyDigest) { try cancellation.check() }
                // Another process may have computed it while this one waited for the claim.
                if !isForced(index), let result = store.result(for: keyDigest), result.hasValue {
                    claim?.release()
                    return advance { $0.completeFromCache(index, result, oracle) }
                }
            }
            if !isReference { report(.started(InstanceName(instance))) }
            let outcome = try work.run(index, key: keyDigest, values: values)
            if isKept { keep(outcome, of: index, key, claim: claim) }
            if !isReference {
                report(.finished(InstanceName(instance), seconds: outcome.seconds, digest: outcome.digest))
            }
            var isWanted = false
            let isStored = isKept && outcome.encoded != nil && store.isWritable
            advance { scheduler in
                isWanted = isKept && scheduler.isDeliveryWanted(index, outcome.digest, oracle)
                scheduler.complete(index, outcome.artifact, digest: outcome.digest, isStored: isStored, oracle)
                if !isReference { summary.ran += 1 }
            }
            if isWanted { deliver(index, outcome.artifact, outcome.digest, keyDigest) }
        } catch is CancellationError where cancellation.isRequested {
            condition.withLock { scheduler.stop() }
        } catch {
            condition.withLock {
                fail(index, error)
                condition.broadcast()
            }
            // A plan has more to say than its first failure.
            if isKept { noteFailure(of: index) }
        }
    }

    /// The values of instances, from memory or the cache.
    /// - Returns: nil when one is gone: the job comes again when it has been made again.
    private func values(of indices: [Int], for job: Scheduler.Job) -> [Int: any Artifact]? {
        var values: [Int: any Artifact] = [:]
        var gone: [Int] = []
        for index in indices {
            let (artifact, digest) = condition.withLock { (scheduler.artifacts[index], scheduler.digests[index]) }
            if let artifact {
                values[index] = artifact
            } else if let artifact = digest.flatMap({ work.load($0, for: index) }) {
                values[index] = artifact
                condition.withLock { scheduler.keep(index, artifact) }
            } else {
                gone.append(index)
            }
        }
        guard !gone.isEmpty else { return values }
        condition.withLock {
            for index in gone { scheduler.valueIsGone(index, neededBy: job) }
            condition.broadcast()
        }
        return nil
    }

    private func keep(_ outcome: NodeWork.Outcome, of index: Int, _ key: CacheKey, claim: Claim?) {
        let instance = graph.instances[index]
        let digest = key.digest
        // A reference is kept as a trace alone, to be able to say later what changed.
        if outcome.encoded != nil || store.result(for: digest)?.value != outcome.digest {
            store.insert(
                outcome.digest,
                outcome.encoded,
                kind: instance.schema.output.kind,
                for: key,
                cost: outcome.seconds,
                claim: claim
            )
        }
        store.removeWorkFolder(for: digest)
        remember(digest, of: instance)
    }

    private func remember(_ key: Digest, of instance: Instance) {
        let title = instance.title
        if history[title] != key { store.remember(key, of: title, in: options.recipe) }
    }

    private func advance(_ step: (inout Scheduler) -> Void) {
        let cached = condition.withLock {
            step(&scheduler)
            condition.broadcast()
            return scheduler.takeNewlyCached()
        }
        noteCached(cached)
    }

    private func noteFailure(of index: Int) {
        let failure = condition.withLock {
            guard let failure = failures[index] else { return NodeFailure?.none }
            summary.failures.append(failure)
            if !options.keepGoing, !failure.isMissingBaseline { scheduler.stop() }
            return failure
        }
        if let failure { report(.failed(failure)) }
    }

    private func noteCached(_ indices: [Int]) {
        for index in indices {
            guard let key = condition.withLock({ scheduler.keyDigests[index] }) else { continue }
            remember(key, of: graph.instances[index])
        }
        guard isPlanned else {
            cachedAtPlan += indices
            return
        }
        for index in indices { reportCached(index, isPlanned: false) }
    }

    private func reportCached(_ index: Int, isPlanned: Bool) {
        guard let value = condition.withLock({ scheduler.digests[index] }) else { return }
        report(.cached(InstanceName(graph.instances[index]), digest: value, isPlanned: isPlanned))
    }

    // MARK: - Outputs, tables, expectations

    private func deliverStored(_ index: Int) {
        guard let artifact = values(of: [index], for: .deliver(index))?[index] else { return }
        let (value, key) = condition.withLock { (scheduler.digests[index], scheduler.keyDigests[index]) }
        guard let value, let key else { return }
        deliver(index, artifact, value, key)
        condition.withLock { scheduler.delivered(index) }
    }

    private func deliver(_ index: Int, _ artifact: any Artifact, _ value: Digest, _ key: Digest) {
        for output in delivery.deliver(index, artifact, value: value, key: key) { note(output) }
    }

    private func note(_ output: OutputReport) {
        condition.withLock { summary.outputs.append(output) }
        report(.output(output))
    }

    private func finish() {
        summary.isInterrupted = cancellation.isRequested
        for index in scheduler.needed.indices where graph.instances[index].schema.evaluation != .reference {
            switch scheduler.phases[index] {
            case .cached: summary.cached += 1
            case .blocked(let cause):
                summary.notRun += 1
                report(.blocked(InstanceName(graph.instances[index]), by: InstanceName(graph.instances[cause])))
            case .unresolved, .waiting: summary.notRun += 1
            case .ran, .failed: break
            }
        }
        for output in delivery.unchangedOutputs() { note(output) }
        for (output, table) in delivery.finishTables(digests: scheduler.digests) {
            note(output)
            if let table { summary.tables.append(table) }
        }
        for expectation in delivery.expectationReports() {
            summary.expectations.append(expectation)
            report(.expectation(expectation))
        }
    }
}
