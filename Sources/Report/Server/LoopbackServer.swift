import Foundation
import Store
import Synchronization

/// A server of HTTP/1.1 for this machine alone: one request a connection, a thread each, few at a time.
///
/// It is for one person's browser beside a run: no dependency of its own, nothing that a proxy would need.
final class LoopbackServer: Sendable {
    typealias Answer = @Sendable (HTTPRequest) -> HTTPResponse

    /// Connections at the same time; more are told to come later.
    private static let mostConnections = 32
    /// Seconds that a client may take to say what it wants, and to take a part of the answer.
    private static let patience = 10

    let port: UInt16
    private let descriptor: Int32
    private let connections = Atomic<Int>(0)
    private let isClosed = Atomic<Bool>(false)
    private let answer: Answer

    /// - Parameter port: 0 for one that is free.
    /// - Throws: `SystemError` where the port is taken.
    init(port: UInt16, answer: @escaping Answer) throws {
        self.answer = answer
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError(path: "127.0.0.1:\(port)") }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else {
            let error = SystemError(path: "127.0.0.1:\(port)")
            Foundation.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in acceptAll() }
    }

    /// Takes no more connections; those under way go on.
    func close() {
        isClosed.store(true, ordering: .relaxed)
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private func acceptAll() {
        while !isClosed.load(ordering: .relaxed) {
            let client = accept(descriptor, nil, nil)
            guard client >= 0 else {
                // Out of descriptors, or closed: not in a tight loop.
                if errno != EINTR, errno != ECONNABORTED { usleep(50_000) }
                continue
            }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
            setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
            guard connections.add(1, ordering: .relaxed).newValue <= Self.mostConnections else {
                Self.send(HTTPResponse.failure(503, "too many connections").bytes(hasBody: true), to: client)
                end(client)
                continue
            }
            Thread.detachNewThread { [self] in
                serve(client)
                end(client)
            }
        }
        Foundation.close(descriptor)
    }

    private func end(_ client: Int32) {
        Foundation.close(client)
        connections.subtract(1, ordering: .relaxed)
    }

    private func serve(_ client: Int32) {
        let (response, hasBody): (HTTPResponse, Bool)
        do throws(HTTPResponse) {
            guard let head = try Self.head(from: client) else { return }
            let request = try HTTPRequest(head: head)
            (response, hasBody) = (check(request) ?? answer(request), request.method == .get)
        } catch {
            (response, hasBody) = (error, true)
        }
        Self.send(response.bytes(hasBody: hasBody), to: client)
        // What the client still says is let go by, so that it gets the answer before the connection ends.
        shutdown(client, Int32(SHUT_WR))
        var rest = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<16 where recv(client, &rest, rest.count, Int32(MSG_DONTWAIT)) <= 0 { break }
    }

    /// A page elsewhere may have its own name lead here, or ask in the name of whoever looks at it.
    private func check(_ request: HTTPRequest) -> HTTPResponse? {
        guard ["127.0.0.1:\(port)", "localhost:\(port)"].contains(request.host) else {
            return .failure(421, "this is 127.0.0.1:\(port)")
        }
        guard request.site.map({ ["same-origin", "none"].contains($0) }) ?? true else {
            return .failure(403, "not for other sites")
        }
        return nil
    }

    /// - Returns: nil where the client said nothing.
    private static func head(from client: Int32) throws(HTTPResponse) -> [UInt8]? {
        let deadline = ContinuousClock.now + .seconds(patience)
        let end = Array("\r\n\r\n".utf8)
        var head: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 2048)
        while true {
            let count = recv(client, &piece, piece.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                if head.isEmpty { return nil }
                throw .failure(408, "the request does not end")
            }
            head += piece[..<count]
            if let place = head.firstRange(of: end) { return Array(head[..<place.lowerBound]) }
            guard head.count <= HTTPRequest.longestHead else { throw .failure(431, "too long") }
            guard ContinuousClock.now < deadline else { throw .failure(408, "too slow") }
        }
    }

    private static func send(_ bytes: [UInt8], to client: Int32) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Foundation.send(client, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
