import Foundation
import Glibc

/// A process that was started, what it says, and how it ended.
final class Child {
    struct Line {
        let text: String
        let at: Double
    }

    enum End: Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    let pid: pid_t
    let started = Child.now
    private(set) var lines: [Line] = []
    private(set) var errors = ""
    private(set) var end: End?
    private(set) var ended = 0.0
    /// Whether it stopped itself (SIGSTOP) and waits.
    private(set) var isStopped = false
    /// Whether it had to be killed because it took too long or wrote without end.
    private(set) var hung = false
    private var pipes: [Int32?]
    private var rest: [UInt8] = []
    private var amount = 0

    /// More than any run here says, and little for one that never stops.
    private static let mostOutput = 8 << 20

    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// - Parameter output: where standard output goes instead of here, such as /dev/full.
    init(_ arguments: [String], environment: [String: String], output: String? = nil) throws {
        var (out, err): ([Int32], [Int32]) = ([0, 0], [0, 0])
        guard pipe(&out) == 0, pipe(&err) == 0 else { throw Failure.noProcess(errno) }
        for end in out + err { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        if let output {
            posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY, 0)
        } else {
            posix_spawn_file_actions_adddup2(&actions, out[1], 1)
        }
        posix_spawn_file_actions_adddup2(&actions, err[1], 2)
        let words = arguments.map { strdup($0) } + [nil]
        let settings = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { (words + settings).forEach { free($0) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, arguments[0], &actions, nil, words, settings)
        close(out[1])
        close(err[1])
        guard status == 0 else { throw Failure.noProcess(status) }
        self.pid = pid
        pipes = [out[0], err[0]]
        for pipe in [out[0], err[0]] { _ = fcntl(pipe, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        if end == nil {
            kill(pid, SIGKILL)
            _ = waitpid(pid, nil, 0)
        }
        pipes.compactMap { $0 }.forEach { close($0) }
    }

    func send(_ signal: Int32) { if end == nil { kill(pid, signal) } }

    /// Lets a stopped process go on.
    func resume() {
        isStopped = false
        send(SIGCONT)
    }

    /// Waits for all of them to end, or for what is asked for; kills those that take too long.
    static func wait(for children: [Child], patience: Double, until isEnough: () -> Bool = { false }) {
        let deadline = now + patience
        while !isEnough() {
            children.forEach { $0.look() }
            let running = children.filter { $0.end == nil }
            if running.isEmpty { return }
            if now > deadline {
                for child in running {
                    child.hung = true
                    child.send(SIGKILL)
                }
            }
            var waiting = running.flatMap(\.pipes).compactMap { $0 }.map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            poll(&waiting, nfds_t(waiting.count), 2)
            if waiting.isEmpty { usleep(1000) }
        }
    }

    /// Reads what is there, and asks how the process is.
    private func look() {
        guard end == nil else { return }
        var status: Int32 = 0
        let changed = waitpid(pid, &status, WNOHANG | WUNTRACED) == pid
        read(0) { take($0) }
        read(1) { errors += String(decoding: $0, as: UTF8.self) }
        if amount > Self.mostOutput {
            hung = true
            send(SIGKILL)
        }
        guard changed else { return }
        ended = Self.now
        if status & 0xFF == 0x7F {
            isStopped = true
        } else if status & 0x7F == 0 {
            end = .exit(status >> 8 & 0xFF)
        } else {
            end = .signal(status & 0x7F)
        }
    }

    private func read(_ index: Int, _ take: ([UInt8]) -> Void) {
        guard let pipe = pipes[index] else { return }
        var buffer = [UInt8](repeating: 0, count: 65536)
        while amount <= Self.mostOutput {
            let count = Glibc.read(pipe, &buffer, buffer.count)
            if count > 0 {
                amount += count
                take(Array(buffer[..<count]))
            } else {
                if count == 0 {
                    close(pipe)
                    pipes[index] = nil
                }
                return
            }
        }
    }

    private func take(_ bytes: [UInt8]) {
        rest += bytes
        let parts = rest.split(separator: 10, omittingEmptySubsequences: false)
        let at = Self.now
        lines += parts.dropLast().map { Line(text: String(decoding: $0, as: UTF8.self), at: at) }
        rest = parts.last.map(Array.init) ?? []
    }
}
