import Foundation
import Testing

/// What is tried case by case in processes of their own: a case that traps, or has no end, ends its process, is named, and
/// the others go on.
///
/// ODD_CASES=5000 tries so many of each kind, ODD_FROM=77 from that one on; what ran is printed, so that one run can go on
/// where another one ended.
enum OddCases {
    static func numbers(_ usual: Int) -> Range<Int> {
        let environment = ProcessInfo.processInfo.environment
        let from = environment["ODD_FROM"].flatMap { Int($0) } ?? 0
        return from..<from + max(1, environment["ODD_CASES"].flatMap { Int($0) } ?? usual)
    }

    /// How many one process tries: starting one takes as long as dozens of cases.
    static let batch = 500
    private static let bytes = 12 << 30
    private static let seconds: UInt32 = 120

    /// - Parameters:
    ///   - kind: what the cases are of
    ///   - child: begins a process that calls `run` with the same numbers and a file that says which case has begun
    static func all(_ kind: String, _ numbers: Range<Int>, child: (Range<Int>, _ mark: String) async -> Void) async {
        let mark = NSTemporaryDirectory() + "odd-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: mark) }
        var (next, ended) = (numbers.lowerBound, 0)
        while next < numbers.upperBound {
            let batch = next..<min(next + batch, numbers.upperBound)
            await child(batch, mark)
            let begun = (try? String(contentsOfFile: mark, encoding: .utf8)).flatMap { Int($0) } ?? next
            next = max(begun, next)
            guard begun < batch.upperBound else { continue }
            Issue.record("\(kind): case \(begun) ended its process: ODD_FROM=\(begun) ODD_CASES=1")
            (next, ended) = (next + 1, ended + 1)
        }
        let went = "cases \(numbers.lowerBound) to \(numbers.upperBound - 1)"
        print("odd \(kind): \(numbers.count) ran, \(went); \(ended) ended their process")
    }

    /// In the child.
    ///
    /// - Parameter prepare: makes what tries a case; no tensor may have been made before, so that the limit counts for all
    static func run(_ numbers: Range<Int>, mark: String, prepare: () throws -> (Int) throws -> Void) rethrows {
        // Addresses: the pool of floats takes eight of these gibibytes.
        var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        let body = try prepare()
        func begin(_ number: Int) { try? "\(number)".write(toFile: mark, atomically: false, encoding: .utf8) }
        for number in numbers {
            begin(number)
            alarm(seconds)
            do { try body(number) } catch { Issue.record("case \(number): \(error)") }
        }
        alarm(0)
        begin(numbers.upperBound)
    }
}

/// An end that is neither a result nor an error that says where.
struct OddEnd: Error, CustomStringConvertible {
    let description: String
}
