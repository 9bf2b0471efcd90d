import Foundation

/// A run of the program that has ended: how, what ran, and what it said.
struct Run {
    let end: Child.End
    let hung: Bool
    /// Instances that were run to their end, with the time at which the program said so.
    let finished: [String: Double]
    /// The first and the last step that each training said it was at.
    let steps: [String: ClosedRange<Int>]
    /// Nodes that ran, as the summary counts them; nothing without a summary.
    let ran: Int?
    let warnings: Int
    /// All that was said.
    let text: String

    init(_ child: Child) {
        end = child.end ?? .signal(0)
        hung = child.hung
        var (finished, ran, warnings) = ([String: Double](), Int?.none, 0)
        var steps: [String: ClosedRange<Int>] = [:]
        for line in child.lines where line.text.hasPrefix("{") {
            guard let object = try? JSONSerialization.jsonObject(with: Data(line.text.utf8)) as? [String: Any] else {
                continue
            }
            switch object["event"] as? String {
            case "finished": finished[Run.name(object)] = line.at
            case "progress":
                guard let done = object["done"] as? Int else { break }
                let first = steps[Run.name(object)]?.lowerBound ?? done
                steps[Run.name(object)] = min(first, done)...max(first, done)
            case "warning": warnings += 1
            case "summary": ran = object["ran"] as? Int
            default: break
            }
        }
        (self.finished, self.steps, self.ran, self.warnings) = (finished, steps, ran, warnings)
        text = child.lines.map(\.text).joined(separator: "\n") + "\n" + child.errors
    }

    var isSuccess: Bool { end == .exit(0) && !hung }

    /// The last lines, for whoever looks into a failure.
    var tail: String {
        text.split(separator: "\n").suffix(8).map { "      | " + $0.prefix(300) }.joined(separator: "\n")
    }

    private static func name(_ event: [String: Any]) -> String {
        let cell = (event["cell"] as? [String: Any] ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "\(event["node"] ?? "?")[\(cell.joined(separator: ","))]"
    }
}
