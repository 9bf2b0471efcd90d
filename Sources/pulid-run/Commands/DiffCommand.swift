import ArgumentParser
import Foundation
import Imaging
import Recipes
import Runner

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two pictures, and what they say of their making.",
        discussion: "Ends with status 1 if the pixels differ."
    )

    @Argument(help: "A picture.", completion: .file(extensions: ["png", "jpg", "jpeg", "webp"])) var first: String
    @Argument(help: "Another.", completion: .file(extensions: ["png", "jpg", "jpeg", "webp"])) var second: String

    func run() throws {
        try reportingFailures {
            for path in [first, second] where LocalFiles().kind(of: path) == .folder {
                throw ValidationError("\(path) is a folder: `pulid-run compare` measures the pictures of two folders")
            }
            let comparison = try ReplayComparison(first, second)
            Terminal.output(comparison.text)
            return comparison.isSame ? .success : .expectationFailed
        }
    }
}
