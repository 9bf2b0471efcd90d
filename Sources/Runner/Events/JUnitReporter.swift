import Graph
import Synchronization

/// For test reports: the recipe is a suite; its expectations, its outputs and the nodes that failed are its cases.
/// The XML goes to the standard output when the run is over; until then it is text as ever.
public final class JUnitReporter: Reporter {
    fileprivate struct State {
        var suite = "pulid-run"
        var cases: [String] = []
        var failures = 0
        var errors = 0
    }

    private let text: TextReporter
    private let console: Console
    private let state = Mutex(State())

    public init(console: Console, text: @escaping RenderDiagnostics) {
        self.console = console
        // The standard output is for the XML alone.
        let quiet = Console(output: { _ in }, error: console.error, isTerminal: console.isTerminal)
        self.text = TextReporter(console: quiet, render: text)
    }

    public func receive(_ event: RunEvent) {
        text.receive(event)
        state.withLock { state in
            switch event {
            case .planned(let recipe, _): state.suite = recipe
            case .failed(let failure): state.add(failure.title, error: failure.diagnostic)
            case .output(let output): state.add(output.path, error: output.failure)
            case .expectation(let report):
                let place = report.name.cell.coordinates.isEmpty ? "" : " [\(report.name.cell)]"
                state.add(report.expectation.text + place, failure: report.isMet ? nil : report.diagnostic)
            case .summary(let summary): console.output(state.xml(seconds: summary.seconds))
            case .started, .progress, .finished, .cached, .warning: break
            }
        }
    }
}

extension JUnitReporter.State {
    fileprivate mutating func add(_ name: String, error: Diagnostic?) {
        if error != nil { errors += 1 }
        add(name, error.map { ("error", $0) })
    }

    fileprivate mutating func add(_ name: String, failure: Diagnostic?) {
        if failure != nil { failures += 1 }
        add(name, failure.map { ("failure", $0) })
    }

    private mutating func add(_ name: String, _ problem: (tag: String, diagnostic: Diagnostic)?) {
        let head = "    <testcase classname=\"\(Self.escaped(suite))\" name=\"\(Self.escaped(name))\""
        guard let (tag, diagnostic) = problem else { return cases.append(head + "/>\n") }
        let place = "\(diagnostic.location.file):\(diagnostic.location.line):\(diagnostic.location.column)"
        let message = Self.escaped(diagnostic.message)
        cases.append(
            head
                + ">\n      <\(tag) message=\"\(message)\">\(Self.escaped(place)): \(message)</\(tag)>\n    </testcase>\n"
        )
    }

    fileprivate func xml(seconds: Double) -> String {
        let counts = "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites \(counts)>
              <testsuite name="\(Self.escaped(suite))" \(counts) time="\(seconds)">
            \(cases.joined())  </testsuite>
            </testsuites>

            """
    }

    /// Also without the characters that XML cannot hold at all.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            case _
            where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value >= 0xFFFE && scalar.value <= 0xFFFF:
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
