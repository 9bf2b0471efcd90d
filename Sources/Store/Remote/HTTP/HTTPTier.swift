import Foundation
import Graph

/// What a server asks for, and how it is known.
public struct HTTPAccess: Hashable, Sendable {
    /// The value of the `Authorization` header, such as `Bearer ...`.
    public var authorization: String?
    /// A file of certificates that vouch for servers, in place of the system's.
    public var authorities: String?
    /// A client's certificate and its key, in PEM files.
    public var certificate: String?
    public var certificateKey: String?

    public init() {}

    /// By `PULID_REMOTE_AUTHORIZATION`, `PULID_REMOTE_CA` (else `SSL_CERT_FILE`), `PULID_REMOTE_CERT` and
    /// `PULID_REMOTE_CERT_KEY`.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        authorization = value("PULID_REMOTE_AUTHORIZATION")
        authorities = value("PULID_REMOTE_CA") ?? value("SSL_CERT_FILE")
        certificate = value("PULID_REMOTE_CERT")
        certificateKey = value("PULID_REMOTE_CERT_KEY")
    }
}

/// A server that speaks Bazel's HTTP cache protocol: GET, HEAD and PUT of `/ac/<key>` and `/cas/<digest>`, such as nginx with
/// WebDAV or bazel-remote. At most eight connections, each kept for the requests that follow.
public final class HTTPTier: RemoteTier, @unchecked Sendable {
    public static let mostConnections = 8

    public let name: String
    private let base: String
    private let access: HTTPAccess
    private let library: CurlLibrary
    private let condition = NSCondition()
    private var idle: [HTTPConnection] = []
    private var made = 0

    /// - Parameters:
    ///   - base: `http://host/prefix`, without a slash at the end.
    ///   - name: the same without a password.
    /// - Throws: `RemoteSettingsError.library`.
    public init(_ base: String, name: String, _ access: HTTPAccess) throws {
        guard let library = CurlLibrary.installed else { throw RemoteSettingsError.library }
        (self.base, self.name, self.access, self.library) = (base, name, access, library)
    }

    private func url(_ entry: RemoteEntry) -> String { "\(base)/\(entry.folder)/\(entry.digest.hex)" }

    public func size(of entry: RemoteEntry, _ pace: Pace) throws -> Int? {
        let response = try withConnection { try $0.perform(.head, url(entry), access, pace) { _ in } }
        guard try isFound(response.status) else { return nil }
        guard response.length >= 0 else { throw RemoteFailure.unexpected("it does not tell how long an entry is") }
        return response.length
    }

    public func read(
        _ entry: RemoteEntry,
        _ pace: Pace,
        into sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        let response = try withConnection { try $0.perform(.get, url(entry), access, pace, into: sink) }
        return try isFound(response.status)
    }

    public func write(_ entry: RemoteEntry, _ pieces: [Bytes], _ pace: Pace) throws {
        let status = try withConnection { try $0.perform(.put(pieces), url(entry), access, pace) { _ in }.status }
        switch status {
        case 200, 201, 202, 204: return
        case 405: throw RemoteFailure.refused("it takes no entries (405)")
        case 413, 507: throw RemoteFailure.noRoom
        default: throw failure(status)
        }
    }

    /// - Throws: `RemoteFailure` for all but a hit and a miss.
    private func isFound(_ status: Int) throws -> Bool {
        switch status {
        case 200: return true
        case 204, 404, 410: return false
        default: throw failure(status)
        }
    }

    private func failure(_ status: Int) -> RemoteFailure {
        switch status {
        case 401, 403: .refused("it refuses (\(status))")
        case 408, 429, 500...599: .unavailable("it fails (\(status))")
        case 300...399: .unexpected("it sends elsewhere (\(status))")
        default: .unexpected("it answers \(status)")
        }
    }

    private func withConnection<Result>(_ body: (HTTPConnection) throws -> Result) throws -> Result {
        let connection = try take()
        defer {
            condition.withLock {
                idle.append(connection)
                condition.signal()
            }
        }
        return try body(connection)
    }

    private func take() throws -> HTTPConnection {
        try condition.withLock {
            while idle.isEmpty, made >= Self.mostConnections { condition.wait() }
            if let connection = idle.popLast() { return connection }
            guard let connection = HTTPConnection(library) else {
                throw RemoteFailure.unavailable("there is no memory")
            }
            made += 1
            return connection
        }
    }
}
