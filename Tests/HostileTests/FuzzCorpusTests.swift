import Foundation
import FuzzTargets
import Testing

/// What is kept of fuzzing, each input given to the reader that it is for: whole small files, and those that once broke it.
@Suite struct FuzzCorpusTests {
    @Test(arguments: FuzzTarget.allCases) func corpus(_ target: FuzzTarget) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let folder = root.appendingPathComponent("Fuzz/Corpus/\(target.rawValue)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names.contains { $0.hasPrefix("seed-") })
        for name in names {
            let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
            #expect(throws: Never.self, "\(name)") { try target.run(bytes) }
        }
    }
}
