import Foundation

/// Speaks to a server on this machine byte by byte, also as no browser would.
public struct LoopbackClient {
    public struct Answer {
        public let status: Int
        /// By their names in small letters.
        public let headers: [String: String]
        public let body: [UInt8]
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    public let port: UInt16
    /// What all paths begin with: `/` or `/secret/`.
    public let root: String

    public init(port: UInt16, root: String = "/") {
        self.port = port
        self.root = root
    }

    /// - Parameter address: `http://127.0.0.1:8000/`
    public init?(address: String) {
        guard let url = URL(string: address), let port = url.port else { return nil }
        self.init(port: UInt16(port), root: url.path.hasSuffix("/") ? url.path : url.path + "/")
    }

    /// Asks as a browser does.
    ///
    /// - Parameter path: below `root`
    public func get(_ path: String, method: String = "GET", headers: [String] = []) -> Answer? {
        let lines = ["\(method) \(root)\(path) HTTP/1.1", "Host: 127.0.0.1:\(port)"] + headers
        return send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
    }

    /// - Returns: nil without an answer.
    public func send(_ bytes: [UInt8]) -> Answer? {
        guard let descriptor = connect() else { return nil }
        defer { close(descriptor) }
        _ = bytes.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        shutdown(descriptor, Int32(SHUT_WR))
        var answer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { break }
            answer += piece[..<count]
        }
        return Self.parse(answer)
    }

    /// A connection on which nothing is said.
    public func connect() -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if !isConnected { close(descriptor) }
        return isConnected ? descriptor : nil
    }

    private static func parse(_ bytes: [UInt8]) -> Answer? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        let headers = lines.dropFirst().compactMap { line -> (String, String)? in
            let sides = line.components(separatedBy: ": ")
            return sides.count > 1 ? (sides[0].lowercased(), sides[1...].joined(separator: ": ")) : nil
        }
        return Answer(
            status: status,
            headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }),
            body: Array(bytes[end.upperBound...])
        )
    }
}
