import ArgumentParser
import Runner

/// For people or for programs.
struct FormatOptions: ParsableArguments {
    @Option(help: "How to report: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = ReportFormat.text
}

extension ReportFormat: ExpressibleByArgument {}
