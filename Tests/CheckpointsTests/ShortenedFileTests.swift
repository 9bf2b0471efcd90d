import Checkpoints
import Foundation
import Kernels
import Tensors
import Testing

/// Files that another process shortens while they are mapped.
@Suite struct ShortenedFileTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = "\(folder.path)/weights.safetensors"
        var writer = SafetensorsWriter()
        // More than a page each.
        writer.add("a", Tensor(repeating: 1, shape: [4, 4096]), as: .f16)
        writer.add("b", Tensor(repeating: 2, shape: [4, 4096]))
        try writer.write(to: path)
    }

    @Test func aReadThatFindsNothingEndsInASentence() async throws {
        let result = await #expect(processExitsWith: .exitCode(3), observing: [\.standardErrorContent]) {
            [path = path as String] in
            MappedFile.endProcessAtFaults(status: 3)
            // Others that come and go do not matter.
            for _ in 0..<3 { _ = try MappedFile(path: path).withBytes { $0.count } }
            let other = try MappedFile(path: path)
            let file = try SafetensorsFile(path: path)
            let tensor = try file.tensor("a")
            guard truncate(path, 100) == 0 else { exit(1) }
            exit(tensor.values.reduce(0, +) > 0 && other.count > 0 ? 0 : 2)
        }
        let said = try #require(result).standardErrorContent
        #expect(
            String(decoding: said, as: UTF8.self)
                == "\(path) was shortened, or cannot be read any more, while the run was using it: nothing made of it is kept; "
                + "run again\n"
        )
    }

    @Test func memoryThatIsRefusedEndsInASentence() async throws {
        let result = await #expect(processExitsWith: .exitCode(3), observing: [\.standardErrorContent]) {
            MappedFile.endProcessAtFaults(status: 3)
            // More than there are addresses.
            _ = FloatPool.shared.allocate(1 << 46)
        }
        let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(said.hasPrefix("error: the system refuses 281474976711 kB of memory: ") && said.hasSuffix(")\n"))
    }

    @Test func otherBusErrorsStayWhatTheyWere() async throws {
        await #expect(processExitsWith: .signal(SIGBUS)) { [path = path as String] in
            MappedFile.endProcessAtFaults(status: 3)
            signal(SIGILL, SIG_DFL)
            let descriptor = open(path, O_RDONLY)
            guard let base = mmap(nil, 1 << 16, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED,
                truncate(path, 0) == 0
            else { exit(1) }
            exit(Int32(base.load(fromByteOffset: 1 << 14, as: UInt8.self)))
        }
    }

    @Test func copiesDoNotMind() async throws {
        await #expect(processExitsWith: .success) { [path = path as String] in
            let tensors = try WeightCopies.$wanted.withValue(WeightCopies { $0 == path && $1 > 4096 }) {
                let file = try SafetensorsFile(path: path)
                return try ["a", "b"].map { try file.tensor($0) }
            }
            guard truncate(path, 0) == 0 else { exit(1) }
            exit(tensors.map { $0.values.reduce(0, +) } == [16384, 32768] ? 0 : 2)
        }
    }
}

/// Pages of large mapped files leave the process when they are given back, and are there again when they are read.
@Suite struct MappedPagesTests {
    /// What of the file this process holds in memory, in bytes.
    private static func resident(_ path: String) throws -> Int {
        var (isOurs, kilobytes) = (false, 0)
        // Its size is said to be 0, so that it has to be read to its end.
        let handle = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
        let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
        for line in text.split(separator: "\n") {
            // The first line of each mapping ends in its file's path.
            if line.prefix(while: { $0 != " " }).contains("-") { isOurs = line.hasSuffix(path) }
            if isOurs, line.hasPrefix("Rss:") { kilobytes += Int(line.filter(\.isNumber)) ?? 0 }
        }
        return kilobytes << 10
    }

    /// In a process of its own: others that run beside it give back as well.
    @Test func givenBack() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/large"
        let size = 80 << 20
        #expect(FileManager.default.createFile(atPath: path, contents: Data([7])))
        #expect(truncate(path, off_t(size)) == 0)
        await #expect(processExitsWith: .success) { [path = path as String, size = size as Int] in
            let file = try MappedFile(path: path)
            func sum() -> Int {
                file.withBytes { bytes in
                    stride(from: 0, to: size, by: 4096).reduce(0) { $0 + Int(bytes[$1]) }
                }
            }
            guard sum() == 7, try MappedPagesTests.resident(path) == size else { exit(1) }
            MappedFile.givePagesBack()
            exit(try MappedPagesTests.resident(path) == 0 && sum() == 7 ? 0 : 2)
        }
    }
}
