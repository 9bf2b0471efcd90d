import Graph
import Recipes

/// A suite of test cases and its XML, as https://github.com/testmoapp/junitxml describes what readers agree on.
public struct JUnitSuite: Sendable {
    var name: String
    private var cases: [String] = []
    private var failures = 0
    private var errors = 0
    private var skipped = 0

    /// Whether a reader of the XML sees that all is well.
    var isGreen: Bool { failures == 0 && errors == 0 }

    public init(name: String) { self.name = name }

    /// A recipe that cannot be run: each of its errors is a case that ended in one.
    public init(name: String, errors diagnostics: [Diagnostic]) {
        self.init(name: name)
        for diagnostic in diagnostics where diagnostic.severity == .error {
            add("\(Self.place(diagnostic)): \(diagnostic.message)", error: diagnostic)
        }
    }

    /// - Parameter error: why the case could not be carried out, if it could not.
    mutating func add(_ name: String, error: Diagnostic?) {
        if error != nil { errors += 1 }
        add(name, error.map { ("error", $0) })
    }

    /// - Parameters:
    ///   - failure: what was found instead, if that is not what the case asks for.
    ///   - location: the line that asks for it.
    ///   - cause: what is known of why it failed.
    ///   - files: to look at beside it, as GitLab and Jenkins find them.
    mutating func add(
        _ name: String,
        failure: Diagnostic?,
        at location: SourceLocation,
        because cause: String? = nil,
        files: [String] = []
    ) {
        if failure != nil { failures += 1 }
        add(name, failure.map { ("failure", $0) }, at: location, because: cause, files)
    }

    /// A case that was not carried out, which is no fault of its own.
    ///
    /// - Parameter location: the line that asks for it.
    mutating func add(_ name: String, skippedAs reason: String, at location: SourceLocation? = nil) {
        skipped += 1
        let content = "<skipped message=\"\(Self.escaped(reason))\"/>"
        cases.append("\(head(name, at: location))>\n      \(content)\n    </testcase>\n")
    }

    private func head(_ name: String, at location: SourceLocation? = nil) -> String {
        let place = location.map { $0.line > 0 ? " file=\"\(Self.escaped($0.file))\" line=\"\($0.line)\"" : "" }
        return "    <testcase classname=\"\(Self.escaped(self.name))\" name=\"\(Self.escaped(name))\"\(place ?? "")"
    }

    private mutating func add(
        _ name: String,
        _ problem: (tag: String, diagnostic: Diagnostic)?,
        at location: SourceLocation? = nil,
        because cause: String? = nil,
        _ files: [String] = []
    ) {
        guard let (tag, diagnostic) = problem else { return cases.append(head(name, at: location) + "/>\n") }
        let head = head(name, at: location ?? diagnostic.location)
        let message = Self.escaped(diagnostic.message)
        let text =
            "\(Self.escaped(Self.place(diagnostic))): \(message)" + (cause.map { "&#10;" + Self.escaped($0) } ?? "")
        let attachments = files.map { "[[ATTACHMENT|\(Self.escaped($0))]]\n" }.joined()
        let output = files.isEmpty ? "" : "      <system-out>\(attachments)</system-out>\n"
        cases.append(
            head + ">\n      <\(tag) message=\"\(message)\">\(text)</\(tag)>\n\(output)    </testcase>\n"
        )
    }

    private static func place(_ diagnostic: Diagnostic) -> String {
        let location = diagnostic.location
        return location.line > 0 ? "\(location.file):\(location.line):\(location.column)" : location.file
    }

    public func xml(seconds: Double = 0) -> String {
        let counts =
            "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
            + (skipped > 0 ? " skipped=\"\(skipped)\"" : "")
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites \(counts)>
              <testsuite name="\(Self.escaped(name))" \(counts) time="\(seconds)">
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
