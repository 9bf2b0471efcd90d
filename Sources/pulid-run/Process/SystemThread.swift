import Foundation

/// A thread that says so when there is none to be had, where libdispatch waits for ever.
struct SystemThread {
    private let id: pthread_t

    /// - Throws: `NoThread`.
    init(_ body: @escaping @Sendable () -> Void) throws(NoThread) {
        final class Body: Sendable {
            let run: @Sendable () -> Void
            init(_ run: @escaping @Sendable () -> Void) { self.run = run }
        }
        let context = Unmanaged.passRetained(Body(body))
        var id = pthread_t()
        let error = pthread_create(
            &id,
            nil,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            },
            context.toOpaque()
        )
        guard error == 0 else {
            context.release()
            throw NoThread(reason: String(cString: strerror(error)))
        }
        self.id = id
    }

    func join() { pthread_join(id, nil) }
    func detach() { pthread_detach(id) }

    /// Starts so many threads side by side and ends them again.
    /// - Throws: `TooFewThreads`.
    static func checkSupply(_ count: Int) throws(TooFewThreads) {
        let gate = NSLock()
        gate.lock()
        var threads: [SystemThread] = []
        defer {
            gate.unlock()
            for thread in threads { thread.join() }
        }
        for _ in 0..<count {
            do throws(NoThread) {
                threads.append(try SystemThread { gate.withLock {} })
            } catch {
                throw TooFewThreads(needed: count, found: threads.count, reason: error.reason)
            }
        }
    }
}

/// The system gave no thread.
struct NoThread: Error { let reason: String }

/// The system gives fewer threads than a command needs at least.
struct TooFewThreads: Error {
    let needed: Int
    let found: Int
    let reason: String
}

extension TooFewThreads: CustomStringConvertible {
    var description: String {
        "\(found) of \(needed) threads can be started (\(reason)): the limit of processes (ulimit -u, or pids of the "
            + "container) or of memory (ulimit -v) is too low; --threads 1 needs the fewest"
    }
}
