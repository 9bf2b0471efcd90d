import Foundation
import Runner
import Synchronization

/// The standard streams as the reporters see them.
enum Terminal {
    static var console: Console {
        Console(output: { output($0) }, error: { error($0) }, isTerminal: isatty(2) == 1, columns: { columns })
    }

    /// Of the window that shows the standard error; 80 where it does not say.
    private static var columns: Int {
        var size = winsize()
        guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// How many pixels a line of text is high, where the terminal says so; else as few as are usual.
    static var leastLineHeight: Int {
        var size = winsize()
        guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_ypixel >= size.ws_row else { return 10 }
        return Int(size.ws_ypixel / size.ws_row)
    }

    /// Whether problems are shown in colour: https://no-color.org
    static var usesColour: Bool {
        let environment = ProcessInfo.processInfo.environment
        guard isatty(2) == 1, environment["NO_COLOR", default: ""].isEmpty else { return false }
        return environment["TERM"] != "dumb"
    }

    /// Asks whoever sits at the terminal; where nobody does, yes.
    static func agrees(to question: String) -> Bool {
        guard isatty(0) == 1, isatty(2) == 1 else { return true }
        error("\(question) [y/N] ")
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }

    /// The first error of the standard output: what was said there since is lost.
    private static let lostOutput = Atomic<Int32>(0)

    static func output(_ text: String) {
        let error = write(text, to: 1)
        if error != 0 { _ = lostOutput.compareExchange(expected: 0, desired: error, ordering: .relaxed) }
    }

    static func error(_ text: String) { _ = write(text, to: 2) }

    /// How a process ends that would end with `status`: not well if its standard output was lost, which is said here. A
    /// reader who has seen enough, such as `head`, is told nothing; but a program that did not get all of what it reads
    /// must not take it for all.
    static func status(after status: ExitStatus, format: ReportFormat) -> ExitStatus {
        // Some file systems tell only now.
        if close(dup(1)) != 0, errno != EBADF {
            _ = lostOutput.compareExchange(expected: 0, desired: errno, ordering: .relaxed)
        }
        let lost = lostOutput.exchange(0, ordering: .relaxed)
        guard lost != 0 else { return status }
        if lost == EPIPE {
            guard format != .text else { return status }
        } else {
            error("error: the standard output cannot be written: \(String(cString: strerror(lost)))\n")
        }
        return status == .success ? .nodeFailed : status
    }

    /// - Returns: the error that kept some of it from being written, or 0.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    guard errno == EINTR || errno == EAGAIN && waitUntilWritable(descriptor) else { return errno }
                    continue
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return 0
        }
    }

    /// For a stream that another process has set not to wait.
    private static func waitUntilWritable(_ descriptor: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&waiting, 1, -1) > 0 || errno == EINTR
    }
}
