import Graph
import Recipes

/// Regressions that have one cause: one thing to look at, and one to accept or to mend.
public struct RegressionGroup: Sendable {
    public let cause: RegressionCause
    /// The worst first.
    public let members: [Regression]
    /// The command that accepts exactly these.
    public let command: String

    /// Groups regressions by cause; the group with the worst picture comes first, missing baselines last.
    ///
    /// - Parameter accept: how pictures of this run are accepted
    public static func groups(of regressions: [Regression], accept: AcceptCommand) -> [RegressionGroup] {
        var order: [RegressionCause] = []
        var members: [RegressionCause: [Regression]] = [:]
        for regression in regressions {
            if members[regression.cause] == nil { order.append(regression.cause) }
            members[regression.cause, default: []].append(regression)
        }
        func isWorse(_ a: Regression?, _ b: Regression?) -> Bool { (a?.severity ?? (0, 0)) > (b?.severity ?? (0, 0)) }
        let groups = order.map { cause in
            let sorted = (members[cause] ?? []).enumerated()
                .sorted { isWorse($0.element, $1.element) || !isWorse($1.element, $0.element) && $0.offset < $1.offset }
                .map(\.element)
            let titles = sorted.map(\.name.title)
            let command = titles.count <= 3 ? accept.line(only: titles) : accept.line(for: cause)
            return RegressionGroup(cause: cause, members: sorted, command: command)
        }
        let ranked = groups.enumerated().sorted { a, b in
            let (first, second) = (a.element.members.first, b.element.members.first)
            return isWorse(first, second) || !isWorse(second, first) && a.offset < b.offset
        }
        return ranked.map(\.element)
    }

    /// For text reports: what changed, the pictures, the command.
    public var text: String {
        let shown = members.prefix(5).map { member in
            let finding = member.findings.first.map { finding in
                let value = finding.measured.map(Self.short) ?? "not measured"
                let bound = "\(finding.comparison.rawValue) \(Self.short(finding.bound))"
                return " (\(finding.field) \(value), expected \(bound))"
            }
            return "    \(member.name.title)\(finding ?? "")\n"
        }
        let rest = members.count > 5 ? "    and \(members.count - 5) more\n" : ""
        let pictures = counted(members.count, "picture")
        return "\(pictures) \(cause.predicate)\n\(shown.joined())\(rest)  to accept: \(command)\n"
    }

    static func short(_ value: Double) -> String {
        let text = TableText.number(value)
        guard text.utf8.count > 8, value.isFinite else { return text }
        let digits = TableText.number((value * 1e4).rounded() / 1e4)
        guard abs(value) < 0.01 else { return digits }
        return String(text.prefix(6)) + (text.firstIndex(of: "e").map { text[$0...] } ?? "")
    }

    /// For programs.
    public var value: Value {
        .map([
            "cause": .string(cause.id), "text": .string(cause.text), "command": .string(command),
            "changes": .list(
                cause.changes.map { change in
                    .map([
                        "node": change.node.map { .string($0) } ?? .null, "part": .string(change.id),
                        "old": change.change.old.map { .string($0) } ?? .null,
                        "new": change.change.new.map { .string($0) } ?? .null,
                    ])
                }
            ),
            "pictures": .list(
                members.map { member in
                    .map([
                        "picture": .string(member.name.title), "baseline": .string(member.baseline),
                        "findings": .list(
                            member.findings.map { finding in
                                .map([
                                    "field": .string(finding.field),
                                    "expected": .string(
                                        "\(finding.comparison.rawValue) \(TableText.number(finding.bound))"
                                    ),
                                    "measured": finding.measured.map { .number($0) } ?? .null,
                                ])
                            }
                        ),
                    ])
                }
            ),
        ])
    }
}
