import EngineTestSupport
import Foundation
import Store
import Testing

@Suite struct WholeFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func theNewFileIsTheOneThatIsNamed() throws {
        let path = try folder.write("before", to: "a.txt")
        let identity = try WholeFile(path).replace(with: Array("after".utf8), isDurable: true)
        #expect(try folder.text(of: "a.txt") == "after")
        #expect(identity == FileIdentity(path: path))
        #expect(try folder.files() == ["a.txt"])
    }

    @Test func aFailureLeavesWhatWasThere() throws {
        struct Stop: Error {}
        let path = try folder.write("before", to: "a.txt")
        #expect(throws: Stop.self) {
            try WholeFile(path).replace { file in
                try Array("half".utf8).withUnsafeBytes { try file.write($0) }
                throw Stop()
            }
        }
        #expect(try folder.text(of: "a.txt") == "before")
        #expect(try folder.files() == ["a.txt"])
        try FileManager.default.createDirectory(atPath: folder("b/inner"), withIntermediateDirectories: true)
        #expect(throws: SystemError(path: folder("b"), code: EISDIR)) { try WholeFile(folder("b")).replace(with: [1]) }
        #expect(throws: SystemError(path: folder("c/d"), code: ENOENT)) {
            try WholeFile(folder("c/d")).replace(with: [1])
        }
        #expect(try folder.files() == ["a.txt"])
    }

    @Test func pathsFromAFolderStayInIt() throws {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        try WholeFile("a.txt", in: descriptor).replace(with: Array("text".utf8))
        #expect(try folder.text(of: "a.txt") == "text")
    }

    @Test func onlyWhatADeadWriterLeftIsCleared() throws {
        for (name, age) in [(".pulid-run-old.tmp", 60.0), (".pulid-run-new.tmp", 0), ("old.tmp", 60)] {
            try folder.write("half", to: name)
            setTimes(of: folder(name), age: age)
        }
        try WholeFile(folder("a.txt")).replace { file in
            let writing = try #require(try folder.files().first { $0.hasPrefix(".pulid-run-") && $0.count > 20 })
            setTimes(of: folder(writing), age: 60)
            WholeFile.removeStrays(in: folder.path)
            #expect(try folder.files() == [".pulid-run-new.tmp", writing, "old.tmp"].sorted())
        }
    }

    private func setTimes(of path: String, age: TimeInterval) {
        try? FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -age)],
            ofItemAtPath: path
        )
    }

    /// Not that of the last step of the clock by which the system stamps files: within it, another change would not show.
    @Test func itsTimeIsThatOfItsWriting() throws {
        let folder = try TemporaryFolder()
        for number in 0..<50 {
            let before = FileIdentity.now
            let identity = try WholeFile(folder("a.txt")).replace(with: [UInt8(number)])
            #expect(before <= identity.modified && identity.modified <= FileIdentity.now)
            #expect(FileIdentity(path: folder("a.txt")) == identity)
        }
    }
}
