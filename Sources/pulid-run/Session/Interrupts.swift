import Dispatch
import Foundation
import Runner
import Synchronization

/// The signals that end a run: the first asks it to stop after the current step and ends the process if that takes long,
/// the second ends it at once.
final class Interrupts: Sendable {
    private struct Sources: @unchecked Sendable {
        var all: [any DispatchSourceSignal] = []
    }

    private let sources = Mutex(Sources())
    private let received = Atomic<Int32>(0)
    private let save = Mutex<(@Sendable () -> Void)?>(nil)

    /// How long a step may go on: one call of a large network can take minutes, and nothing in it can be kept.
    private static let patience = DispatchTimeInterval.milliseconds(1500)

    init(_ cancellation: Cancellation) {
        // A reader that is gone and a file that grows too large are errors of a write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        let queue = DispatchQueue(label: "pulid-run.signals")
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [self] in
                if received.load(ordering: .relaxed) != 0 { _exit(128 + number) }
                received.store(number, ordering: .relaxed)
                cancellation.request()
                Terminal.error("\nstopping; once more to stop at once\n")
                queue.asyncAfter(deadline: .now() + Self.patience) { [self] in
                    save.withLock { $0?() }
                    _exit(128 + number)
                }
            }
            source.resume()
            sources.withLock { $0.all.append(source) }
        }
    }

    /// What keeps the finished results when the process has to end in the middle of a step.
    func beforeEnding(_ save: @escaping @Sendable () -> Void) { self.save.withLock { $0 = save } }

    /// How the process ends after an interrupted run.
    var exitStatus: ExitStatus { received.load(ordering: .relaxed) == SIGTERM ? .terminated : .interrupted }
}
