import Foundation

/// How a terminal shows pictures, as it says itself.
enum TerminalGraphics {
    /// https://sw.kovidgoyal.net/kitty/graphics-protocol
    case kitty
    case sixel

    /// Whether a picture of one pixel would be taken, and what kind of terminal this is: each answers the latter.
    private static let question = "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\\u{1B}[c"
    private static let longestWait = Duration.seconds(1)

    /// Asks the terminal, if there is one at both the standard input and the standard error; else nothing is asked.
    static func ofThisTerminal() -> TerminalGraphics? {
        guard isatty(0) == 1, isatty(2) == 1, ProcessInfo.processInfo.environment["TERM"] != "dumb" else { return nil }
        // A process in the background would be stopped.
        let foreground = tcgetpgrp(0)
        guard foreground == -1 || foreground == getpgrp() else { return nil }
        var settings = termios()
        guard tcgetattr(0, &settings) == 0 else { return nil }
        // The answer is typed like a line that never ends, and is not to be seen.
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ICANON | ECHO)
        guard tcsetattr(0, TCSANOW, &silent) == 0 else { return nil }
        defer { tcsetattr(0, TCSANOW, &settings) }
        Terminal.error(question)
        return TerminalGraphics(answer: answer())
    }

    private static func answer() -> String {
        let end = ContinuousClock.now + longestWait
        var bytes: [UInt8] = []
        while deviceAttributes(String(decoding: bytes, as: UTF8.self)) == nil, bytes.count < 4096 {
            var waiting = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            let left = (end - .now) / .milliseconds(1)
            guard left > 0, poll(&waiting, 1, Int32(left)) > 0 else { break }
            var byte: UInt8 = 0
            guard read(0, &byte, 1) == 1 else { break }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private init?(answer: String) {
        if answer.contains("\u{1B}_Gi=31;OK") {
            self = .kitty
        } else if Self.deviceAttributes(answer)?.contains("4") == true {
            self = .sixel
        } else {
            return nil
        }
    }

    /// The numbers of `ESC [ ? 62 ; 4 c`, of which 4 stands for sixel; nil while that has not come.
    private static func deviceAttributes(_ answer: String) -> [String]? {
        guard let start = answer.range(of: "\u{1B}[?"), let end = answer[start.upperBound...].firstIndex(of: "c") else {
            return nil
        }
        return answer[start.upperBound..<end].split(separator: ";").map(String.init)
    }
}
