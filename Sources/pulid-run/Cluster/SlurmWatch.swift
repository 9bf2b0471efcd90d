import Cluster
import Foundation
import Graph
import Recipes
import Runner

/// Looks at a sweep on Slurm until it is over, and says how it stands. What it sees is a hint: the truth is in the cache.
struct SlurmWatch {
    enum Outcome {
        /// The user has seen enough; the jobs go on.
        case detached
        /// How the last run ended; nil where it has not.
        case ended(Int?, tasks: [SlurmTask])
    }

    let slurm: Slurm
    let folder: SweepFolder
    let jobName: String
    let shards: Int
    let nodesToRun: Int
    /// Seconds between two looks, in the end.
    let slowest: Double

    static func jobNames(_ name: String) -> [String] { [name + "-shared", name, name + "-collect"] }

    func callAsFunction(_ log: inout SweepLog) -> Outcome {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        defer { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
        var pause = min(1, slowest)
        var last = ""
        var isSilent = false
        var unseen = 0
        var held: Set<String> = []
        while true {
            do {
                let tasks = try slurm.tasks(ofJobs: Self.jobNames(jobName))
                isSilent = false
                let endings = folder.endings
                for failure in log.read(folder.eventFiles) {
                    let text = "\(failure.title) failed: \(failure.reason) (\(failure.log))"
                    clear(last)
                    Terminal.error(TerminalText(text).escaped() + "\n")
                }
                for task in tasks where task.isHeld && held.insert(task.id).inserted {
                    clear(last)
                    Terminal.error("warning: \(Self.advice(task))\n")
                }
                held.formIntersection(tasks.filter(\.isHeld).map(\.id))
                let line = self.line(tasks, endings, log)
                if line != last { show(line, after: last) }
                last = line
                // A job that was just submitted may not be there yet.
                unseen = tasks.contains(where: \.isActive) ? 0 : unseen + 1
                if unseen > 0, endings["collect"] != nil || unseen > 2 {
                    if Terminal.console.isTerminal { Terminal.error("\n") }
                    return .ended(endings["collect"]?.status, tasks: tasks)
                }
            } catch {
                if !isSilent { Terminal.error("warning: \(error); it is asked again\n") }
                isSilent = true
            }
            var patience = timespec(tv_sec: Int(pause), tv_nsec: Int((pause - pause.rounded(.down)) * 1e9))
            if sigtimedwait(&signals, nil, &patience) > 0 { return .detached }
            pause = min(slowest, pause * 1.5)
        }
    }

    private func line(_ tasks: [SlurmTask], _ endings: [String: SweepFolder.Ending], _ log: SweepLog) -> String {
        let own = tasks.filter { $0.jobName == jobName }
        let ended = endings.keys.count { Int($0).map { $0 > 0 } ?? false }
        var parts = ["\(log.finished) of \(counted(nodesToRun, "node")) done"]
        if shards > 0 {
            let running = own.count(where: \.isRunning)
            let waiting = own.count { $0.isActive && !$0.isRunning }
            parts.append("\(counted(shards, "shard")): \(running) running, \(waiting) waiting, \(ended) ended")
        }
        if tasks.contains(where: { $0.jobName == jobName + "-collect" && $0.isRunning }) {
            parts.append("the whole recipe runs")
        }
        return parts.joined(separator: "; ")
    }

    /// Of a task that waits for ever.
    private static func advice(_ task: SlurmTask) -> String {
        let reason = TerminalText(task.reason).escaped()
        let release = "scontrol release \(TerminalText(task.id).escaped())"
        return "\(task.id) is held (\(reason)) and waits until it is released: "
            + (task.reason == "JobHeldAdmin" ? "ask an administrator of the cluster for \(release)" : release)
    }

    private func clear(_ last: String) {
        if Terminal.console.isTerminal, !last.isEmpty { Terminal.error("\r\u{1B}[K") }
    }

    private func show(_ line: String, after last: String) {
        clear(last)
        Terminal.error(Terminal.console.isTerminal ? line : line + "\n")
    }
}
