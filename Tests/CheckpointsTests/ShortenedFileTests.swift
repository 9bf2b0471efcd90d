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

    /// The ways in which a program asks for memory, most of them without knowing.
    enum Asking: String, CaseIterable, Codable, Sendable {
        case array, string, dictionary, data, pointer, aligned, objects, libc, zeroed, enlarged

        private final class Link {
            let next: Link?
            let room = (0, 1, 2, 3, 4, 5, 6, 7)
            init(_ next: Link?) { self.next = next }
        }

        /// As many bytes at once.
        private static let block = 1 << 20

        /// Hands memory to a function of which the compiler knows nothing: what nobody sees it need not ask for.
        private static func show(_ memory: UnsafeMutableRawPointer?) -> Bool {
            if let memory { explicit_bzero(memory, 1) }
            return memory != nil
        }

        /// Asks for more and more until there is no more.
        func forEver() -> Never {
            switch self {
            case .array:
                var array = [0]
                while true { array += array }
            case .string:
                var string = "a"
                while true { string += string }
            case .dictionary:
                var dictionary = [0: 0]
                while true { dictionary[dictionary.count] = 0 }
            case .data:
                var data = Data([0])
                while true { data += data }
            case .pointer: while Self.show(.allocate(byteCount: Self.block, alignment: 16)) {}
            case .aligned: while Self.show(.allocate(byteCount: Self.block, alignment: 4096)) {}
            case .objects:
                var last: Link?
                while true { last = Link(last) }
            case .libc: while Self.show(malloc(Self.block)) {}
            case .zeroed: while Self.show(calloc(1, Self.block)) {}
            case .enlarged:
                var (memory, size) = (malloc(1), 1)
                while Self.show(memory) { (memory, size) = (realloc(memory, size + Self.block), size + Self.block) }
            }
            exit(4)
        }
    }

    /// With a sanitizer, allocation is the sanitizer's, and the limit too small for its own memory.
    static let isSanitized = dlsym(nil, "__sanitizer_print_memory_profile") != nil

    @Test(.disabled(if: isSanitized), arguments: Asking.allCases)
    func memoryThatIsRefusedToAnybodyEndsInASentence(asking: Asking) async throws {
        let result = await #expect(processExitsWith: .exitCode(3), observing: [\.standardErrorContent]) {
            [asking = asking as Asking] in
            MappedFile.endProcessAtFaults(status: 3)
            // 64 MB more than there are now, in pages.
            let used = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ").first
            let most = rlim_t((used.flatMap { Int($0) } ?? 0) << 12 + 64 << 20)
            var limit = rlimit(rlim_cur: most, rlim_max: most)
            setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
            asking.forEver()
        }
        let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(said.hasPrefix("error: the system refuses ") && said.hasSuffix(")\n"), "\(said)")
        #expect(said.split(separator: "\n").count == 1)
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
