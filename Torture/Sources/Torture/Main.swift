import Foundation
import Glibc

/// `torture --minutes N`: harms the program in every way for so long, and prints a table.
@main enum Torture {
    static let scenarios: [any Scenario] = [
        CrashMatrixScenario(), KillScenario(), FlipScenario(), FaultScenario(), ChangedFileScenario(),
        LostFolderScenario(), ReadOnlyScenario(), BesideScenario(), ResumeScenario(), LimitScenario(),
    ]

    static func main() {
        do {
            let campaign = try Campaign(Options(CommandLine.arguments.dropFirst()))
            exit(try campaign.run() ? 0 : 1)
        } catch {
            FileHandle.standardError.write(Data("torture: \(error)\n".utf8))
            exit(2)
        }
    }
}
