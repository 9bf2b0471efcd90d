import Foundation

/// Work that a peer is asked for, as JSON: `{"kind": "conv", "height": 64, ...}`.
typealias PeerTask = [String: PeerValue]

enum PeerValue: Encodable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
    case int(Int)
    case string(String)
    case bool(Bool)

    init(integerLiteral value: Int) { self = .int(value) }
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .int(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .bool(let value): try container.encode(value)
        }
    }
}

/// Another program that does the same work: it reads one task per line, prepares it unless it was the last one too, does
/// it once, and answers with one line. It runs until its input ends.
final class Peer {
    struct Answer: Decodable {
        /// nil where it cannot do this work.
        let seconds: Double?
        /// The most memory it has held for this task, in bytes.
        let peak: Int?
        let error: String?
    }

    let name: String
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread = Data()

    /// - Parameter command: the program and its arguments; it says its name first, as {"name": ...}
    init(_ command: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        struct Hello: Decodable { let name: String }
        guard let line = Self.line(output, &unread), let hello = try? JSONDecoder().decode(Hello.self, from: line)
        else {
            throw PeerError.silent(command: command.joined(separator: " "))
        }
        name = hello.name
    }

    /// Does the task once.
    func answer(_ task: PeerTask) throws -> Answer {
        try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(task) + Data("\n".utf8))
        guard let line = Self.line(output, &unread) else { throw PeerError.silent(command: name) }
        return try JSONDecoder().decode(Answer.self, from: line)
    }

    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private static func line(_ pipe: Pipe, _ unread: inout Data) -> Data? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread = Data(unread[(end + 1)...]) }
                return Data(unread[..<end])
            }
            let more = pipe.fileHandleForReading.availableData
            guard !more.isEmpty else { return nil }
            unread += more
        }
    }
}

enum PeerError: Error, CustomStringConvertible {
    case silent(command: String)

    var description: String {
        switch self {
        case .silent(let command): "\(command) ended without an answer; what it said is above"
        }
    }
}
