import EngineTestSupport
import Foundation
import Testing

/// `--memory` as the user meets it.
struct MemoryTests {
    private let recipe = "recipes/style-sweep.yaml"

    /// No two of the embedded networks fit, so that each is loaded anew for every cell.
    @Test func hardlyAnyMemoryGivesTheSameBytes() throws {
        let test = try CommandTest()
        let sweep = ["run", recipe, "--set", "style=[photo, neon]", "--set", "seed=[1, 2]"]
        func outputs(_ name: String, _ more: [String]) throws -> [String: [UInt8]] {
            let out = test.folder(name)
            let arguments = sweep + ["--out", out, "--cache", test.folder("\(name)-cache")] + more
            let result = try test.finish(test.start(arguments))
            #expect(test.summary(result) == "18 ran, 0 cached, 6 written", "\(result.stderr)")
            let files = try test.folder.files().filter { $0.hasPrefix("\(name)/") }
            return Dictionary(
                uniqueKeysWithValues: try files.map {
                    ($0.dropFirst(name.count).description, try test.folder.bytes(of: $0))
                }
            )
        }
        let plenty = try outputs("plenty", [])
        #expect(plenty.count == 6)
        #expect(try outputs("little", ["--memory", "1K"]) == plenty)
        #expect(try outputs("jobs", ["--memory", "1M", "--jobs", "3"]) == plenty)
    }

    @Test(arguments: [
        ("lots", "The value 'lots' is invalid for '--memory <size>'"),
        ("8GX", "The value '8GX' is invalid for '--memory <size>'"),
        ("999999999T", "The value '999999999T' is invalid for '--memory <size>'"),
        ("0", "--memory must be more than nothing"),
    ])
    func badSizes(size: String, message: String) throws {
        let test = try CommandTest()
        let result = try test.run("run", recipe, "--memory", size)
        #expect(result.status == 64)
        #expect(result.stdout == "")
        #expect(result.stderr.hasPrefix("Error: \(message)\n"), "\(result.stderr)")
    }
}
