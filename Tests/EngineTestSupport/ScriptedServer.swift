import Foundation
import Synchronization

/// A server on loopback that keeps what is put, as a remote cache does, and answers as a test says where it says anything.
///
/// Only for clients of this project: each behaviour is one that a broken server or network shows by itself.
public final class ScriptedServer: Sendable {
    public struct Request: Hashable, Sendable {
        public let method: String
        /// Such as `/cas/0123...`.
        public let path: String
        public let headers: [String: String]
        public let body: [UInt8]
    }

    public enum Answer: Sendable {
        /// As a cache that works.
        case usual
        case status(Int, [UInt8] = [], headers: [String] = [])
        /// The body is announced longer, or shorter, than it is; then the connection ends.
        case announced(Int, body: [UInt8])
        /// These bytes, whatever they are; then the connection ends.
        case raw([UInt8])
        /// Nothing, until the test is over.
        case silence
        /// The connection ends with a reset.
        case reset
        /// What `usual` would be, after a while.
        case late(seconds: Double)
        /// A body in pieces of a byte, with a pause after each.
        case trickle([UInt8], pause: Double)
    }

    private struct State {
        var entries: [String: [UInt8]] = [:]
        var requests: [Request] = []
        var connections: Set<Int32> = []
        var isOver = false
    }

    private let listener: Int32
    public let port: UInt16
    private let script: Mutex<@Sendable (Request) -> Answer>
    private let state = Mutex(State())

    public init(_ script: @escaping @Sendable (Request) -> Answer = { _ in .usual }) throws {
        self.script = Mutex(script)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isBound else { throw CocoaError(.featureUnsupported) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self, !self.state.withLock(\.isOver) else {
                    if connection >= 0 { close(connection) }
                    return
                }
                self.state.withLock { state in _ = state.connections.insert(connection) }
                Thread.detachNewThread { [weak self] in
                    while let request = Self.read(connection), let self, self.answer(request, connection) {}
                    self?.end(connection)
                }
            }
        }
    }

    deinit { stop() }

    public var url: String { "http://127.0.0.1:\(port)" }
    public var entries: [String: [UInt8]] { state.withLock(\.entries) }
    public var requests: [Request] { state.withLock(\.requests) }
    public func change(_ change: (inout [String: [UInt8]]) -> Void) { state.withLock { change(&$0.entries) } }
    public func answer(_ script: @escaping @Sendable (Request) -> Answer) { self.script.withLock { $0 = script } }

    /// Nobody is answered any more.
    public func stop() {
        let connections = state.withLock { state -> Set<Int32>? in
            defer { state.isOver = true }
            return state.isOver ? nil : state.connections
        }
        guard let connections else { return }
        for connection in connections { shutdown(connection, Int32(SHUT_RDWR)) }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func end(_ connection: Int32) {
        state.withLock { state in _ = state.connections.remove(connection) }
        close(connection)
    }

    // MARK: - Answering

    /// - Returns: whether the connection goes on.
    private func answer(_ request: Request, _ connection: Int32) -> Bool {
        state.withLock { $0.requests.append(request) }
        return answer(request, script.withLock(\.self)(request), connection)
    }

    private func answer(_ request: Request, _ answer: Answer, _ connection: Int32) -> Bool {
        switch answer {
        case .usual: return usual(request, connection)
        case .status(let status, let body, let headers):
            return Self.send(status, body, headers, to: connection, isHead: request.method == "HEAD")
        case .announced(let length, let body):
            _ = Self.write(Array("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n".utf8) + body, to: connection)
            return false
        case .raw(let bytes):
            _ = Self.write(bytes, to: connection)
            return false
        case .silence:
            while !state.withLock(\.isOver) { usleep(50_000) }
            return false
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            return false
        case .late(let seconds):
            Thread.sleep(forTimeInterval: seconds)
            return usual(request, connection)
        case .trickle(let body, let pause):
            guard Self.write(Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8), to: connection)
            else {
                return false
            }
            for byte in body {
                if state.withLock(\.isOver) || !Self.write([byte], to: connection) { return false }
                Thread.sleep(forTimeInterval: pause)
            }
            return true
        }
    }

    private func usual(_ request: Request, _ connection: Int32) -> Bool {
        let entry = state.withLock { $0.entries[request.path] }
        switch request.method {
        case "PUT":
            state.withLock { $0.entries[request.path] = request.body }
            return Self.send(entry == nil ? 201 : 204, [], [], to: connection)
        case "GET", "HEAD":
            return Self.send(
                entry == nil ? 404 : 200,
                entry ?? [],
                [],
                to: connection,
                isHead: request.method == "HEAD"
            )
        default: return Self.send(405, [], [], to: connection)
        }
    }

    private static func send(
        _ status: Int,
        _ body: [UInt8],
        _ headers: [String],
        to connection: Int32,
        isHead: Bool = false
    ) -> Bool {
        var head = "HTTP/1.1 \(status) Status\r\n"
        if status != 204 { head += "Content-Length: \(body.count)\r\n" }
        head += headers.map { $0 + "\r\n" }.joined() + "\r\n"
        return write(Array(head.utf8) + (isHead || status == 204 ? [] : body), to: connection)
    }

    private static func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// nil at the end of the connection.
    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65536)
        func more() -> Bool {
            let count = recv(connection, &block, block.count, 0)
            if count > 0 { bytes += block[..<count] }
            return count > 0
        }
        let end = Array("\r\n\r\n".utf8)
        var headEnd: Int?
        while headEnd == nil {
            guard more() else { return nil }
            headEnd = bytes.firstRange(of: end)?.upperBound
        }
        guard let headEnd else { return nil }
        let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
                in: .whitespaces
            )
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        while bytes.count < headEnd + length { guard more() else { return nil } }
        let body = Array(bytes[headEnd..<headEnd + length])
        return Request(method: words[0], path: words[1], headers: headers, body: body)
    }
}
