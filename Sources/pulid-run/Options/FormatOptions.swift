import ArgumentParser
import Runner

/// For people or for programs, on the standard streams and into files.
struct FormatOptions: ParsableArguments {
    @Option(
        name: .customLong("format"),
        help: ArgumentHelp(
            "How to report: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
            discussion: "Several may be given; all but one need a file, as in junit:report.xml.",
            valueName: "format[:file]"
        ),
        completion: .list(ReportFormat.allCases.map(\.rawValue))
    )
    var choices: [ReportChoice] = []

    /// That of the standard streams.
    var format: ReportFormat { choices.last { $0.file == nil }?.format ?? .text }
    var files: [ReportChoice] { choices.filter { $0.file != nil } }

    /// Refuses what a command cannot report that runs nothing.
    func requireThatOfALook(_ command: String) throws {
        guard choices.allSatisfy({ $0.file == nil && $0.format != .junit }) else {
            throw ValidationError(
                "\(command) runs nothing of which JUnit or a file could tell: --format takes text, json or github here"
            )
        }
    }

    func validate() throws {
        let plain = choices.filter { $0.file == nil }.map(\.format.rawValue)
        guard plain.count <= 1 else {
            throw ValidationError(
                "\(plain.joined(separator: " and ")) would both go to the standard streams; name a file for one, as in "
                    + "--format \(plain[plain.count - 1]):FILE"
            )
        }
        let paths = files.compactMap(\.file)
        guard Set(paths).count == paths.count else { throw ValidationError("two formats go to one file") }
    }
}

/// `json`, or `junit:report.xml`.
struct ReportChoice: ExpressibleByArgument, Hashable {
    let format: ReportFormat
    let file: String?

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let format = ReportFormat(rawValue: parts[0]), parts.count == 1 || !parts[1].isEmpty else { return nil }
        self.format = format
        file = parts.count > 1 ? parts[1] : nil
    }
}
