import Foundation
import Runner

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

    /// Whether problems are shown in colour: https://no-color.org
    static var usesColour: Bool {
        let environment = ProcessInfo.processInfo.environment
        guard isatty(2) == 1, environment["NO_COLOR", default: ""].isEmpty else { return false }
        return environment["TERM"] != "dumb"
    }

    static func output(_ text: String) { write(text, to: 1) }
    static func error(_ text: String) { write(text, to: 2) }

    /// Whoever reads may be gone; that is no reason to fail.
    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
