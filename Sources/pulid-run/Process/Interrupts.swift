import Dispatch
import Foundation
import Runner
import Synchronization

/// The signals that end a run: the first asks it to stop after the current step, the second ends the process at once.
///
/// They are heard by a thread that does nothing else: no thread of this process takes them otherwise, and whatever may
/// hang, a write to a terminal or to the cache, happens on threads of its own.
final class Interrupts: Sendable {
    private struct Hooks {
        var waitedFor: @Sendable () -> String? = { nil }
        var save: @Sendable () -> Void = {}
    }

    /// How long a terminal may take, in seconds.
    private static let saying = 0.1

    private let received = Atomic<Int32>(0)
    private let hooks = Mutex(Hooks())
    private let cancellation: Cancellation
    private let grace: Double

    /// - Parameter grace: how many seconds the nodes that run may take to end: one step of a large network, or saving a
    ///   checkpoint.
    /// - Throws: `TooFewThreads`.
    init(_ cancellation: Cancellation, grace: Double) throws(TooFewThreads) {
        self.cancellation = cancellation
        self.grace = grace
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        // nohup: the run outlives its terminal.
        if !Self.isIgnored(SIGHUP) { sigaddset(&signals, SIGHUP) }
        // All threads to come inherit it.
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        do throws(NoThread) {
            try SystemThread { [self, signals] in listen(to: signals) }.detach()
        } catch {
            throw TooFewThreads(needed: 1, found: 0, reason: error.reason)
        }
    }

    /// - Parameters:
    ///   - waitedFor: names what runs now.
    ///   - save: keeps the finished results when the process has to end in the middle of a step.
    func during(waitedFor: @escaping @Sendable () -> String?, save: @escaping @Sendable () -> Void) {
        hooks.withLock { $0 = Hooks(waitedFor: waitedFor, save: save) }
    }

    /// How the process ends after an interrupted run.
    var exitStatus: ExitStatus { received.load(ordering: .relaxed) == SIGINT ? .interrupted : .terminated }

    private func listen(to signals: sigset_t) {
        var signals = signals
        let first = Self.wait(for: &signals)
        received.store(first, ordering: .relaxed)
        let hooks = hooks.withLock { $0 }
        // Said before the run can say that it has ended; a terminal that hangs holds nothing up.
        let isSaid = DispatchSemaphore(value: 0)
        aside {
            let awaited = hooks.waitedFor().map { ", waiting for \($0)" } ?? ""
            Terminal.error("\nstopping\(awaited); once more to stop at once\n")
            isSaid.signal()
        }
        _ = isSaid.wait(timeout: .now() + Self.saying)
        cancellation.request()
        let whole = grace.rounded(.down)
        var patience = timespec(tv_sec: Int(whole), tv_nsec: Int((grace - whole) * 1e9))
        while sigtimedwait(&signals, nil, &patience) < 0 {
            switch errno {
            case EINTR: continue
            case EAGAIN:
                aside { [self] in
                    let awaited = hooks.waitedFor() ?? "the run"
                    Terminal.error("\(awaited) did not end within \(grace.formatted()) s\n")
                    hooks.save()
                    Self.end(after: first)
                }
                _ = Self.wait(for: &signals)
            default: break
            }
            break
        }
        Self.end(after: first)
    }

    private static func wait(for signals: inout sigset_t) -> Int32 {
        var number: Int32 = 0
        while sigwait(&signals, &number) != 0 {}
        return number
    }

    /// On a thread of its own, so that it may hang.
    private func aside(_ body: @escaping @Sendable () -> Void) {
        // Without a thread to spare it is better not said than not heard.
        if let thread = try? SystemThread(body) { thread.detach() }
    }

    private static func end(after number: Int32) -> Never {
        _exit(number == SIGINT ? ExitStatus.interrupted.rawValue : ExitStatus.terminated.rawValue)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}
