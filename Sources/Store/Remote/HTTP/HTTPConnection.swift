import CCurl
import Foundation
import Graph

/// A connection that is kept for the next request. One thread at a time uses it.
final class HTTPConnection {
    enum Method { case get, head, put([Bytes]) }

    struct Response {
        let status: Int
        /// As the server gives it, without having sent that much in answer to HEAD; -1 where it does not.
        let length: Int
    }

    private let library: CurlLibrary
    private let handle: OpaquePointer

    /// nil where there is no memory.
    init?(_ library: CurlLibrary) {
        guard let handle = library.easyInit() else { return nil }
        self.library = library
        self.handle = handle
    }

    deinit { library.easyCleanup(handle) }

    /// - Parameter sink: takes the body of an answer with status 200; those of others are passed over.
    /// - Throws: `RemoteFailure.unavailable` where there is no whole answer; what `sink` throws.
    func perform(
        _ method: Method,
        _ url: String,
        _ access: HTTPAccess,
        _ pace: Pace,
        into sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Response {
        try withoutActuallyEscaping(sink) { sink in
            let transfer = Transfer(pace, sink) { [library, handle] in
                curl_number(library.getinfo, handle, Int32(CURLINFO_RESPONSE_CODE))
            }
            // Keeps connections, forgets everything else.
            library.easyReset(handle)
            let headers = prepare(method, url, access, transfer)
            defer { library.listFree(headers) }
            let code = withExtendedLifetime(transfer) { library.easyPerform(handle) }
            if let error = transfer.error { throw error }
            let status = curl_number(library.getinfo, handle, Int32(CURLINFO_RESPONSE_CODE))
            // An answer that says no is an answer, even where the rest of it, or of the question, was cut off.
            guard code == Int32(CURLE_OK) || status >= 300 else {
                if transfer.isTooSlow { throw RemoteFailure.unavailable("it is too slow, or silent") }
                let reason = library.easyError(code).map { String(cString: $0) } ?? "libcurl's error \(code)"
                throw RemoteFailure.unavailable(reason)
            }
            let length = curl_size(library.getinfo, handle, Int32(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T))
            return Response(status: status, length: Int(length))
        }
    }

    private func set(_ option: Int, _ value: Int) {
        curl_set_number(library.setopt, handle, Int32(option), value)
    }

    /// libcurl keeps a copy.
    private func set(_ option: Int, _ text: String) {
        curl_set_pointer(library.setopt, handle, Int32(option), text)
    }

    private func set(_ option: Int, _ pointer: UnsafeRawPointer?) {
        curl_set_pointer(library.setopt, handle, Int32(option), pointer)
    }

    /// - Returns: the headers, which must outlast the request.
    private func prepare(_ method: Method, _ url: String, _ access: HTTPAccess, _ transfer: Transfer) -> OpaquePointer?
    {
        set(CURLOPT_URL, url)
        set(CURLOPT_USERAGENT, "pulid-run")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // A password goes to the server that it was given for, and to no other.
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_PROTOCOLS, Int(CURLPROTO_HTTP | CURLPROTO_HTTPS))
        set(CURLOPT_NETRC, Int(CURL_NETRC_OPTIONAL))
        set(CURLOPT_CONNECTTIMEOUT_MS, 2000)
        set(CURLOPT_BUFFERSIZE, 256 << 10)
        if let path = access.authorities { set(CURLOPT_CAINFO, path) }
        if let path = access.certificate { set(CURLOPT_SSLCERT, path) }
        if let path = access.certificateKey { set(CURLOPT_SSLKEY, path) }

        let data = UnsafeRawPointer(Unmanaged.passUnretained(transfer).toOpaque())
        set(CURLOPT_NOPROGRESS, 0)
        set(CURLOPT_XFERINFODATA, data)
        curl_set_progress(library.setopt, handle, Int32(CURLOPT_XFERINFOFUNCTION)) { data, _, down, _, up in
            Transfer.at(data).mayGoOn(moved: Int(down + up)) ? 0 : 1
        }
        set(CURLOPT_WRITEDATA, data)
        curl_set_transfer(library.setopt, handle, Int32(CURLOPT_WRITEFUNCTION)) { bytes, size, count, data in
            Transfer.at(data).take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        }
        var headers: OpaquePointer?
        if let value = access.authorization { headers = library.listAppend(headers, "Authorization: \(value)") }
        switch method {
        case .get: set(CURLOPT_HTTPGET, 1)
        case .head: set(CURLOPT_NOBODY, 1)
        case .put(let pieces):
            transfer.rest = pieces[...]
            transfer.total = pieces.reduce(0) { $0 + $1.count }
            set(CURLOPT_UPLOAD, 1)
            curl_set_size(
                library.setopt,
                handle,
                Int32(CURLOPT_INFILESIZE_LARGE),
                Int64(transfer.total)
            )
            set(CURLOPT_READDATA, data)
            curl_set_transfer(library.setopt, handle, Int32(CURLOPT_READFUNCTION)) { target, size, count, data in
                Transfer.at(data).give(UnsafeMutableRawBufferPointer(start: target, count: size * count))
            }
            headers = library.listAppend(headers, "Content-Type: application/octet-stream")
            // Else each upload waits for a word that many servers do not give.
            headers = library.listAppend(headers, "Expect:")
        }
        set(CURLOPT_HTTPHEADER, headers.map { UnsafeRawPointer($0) })
        return headers
    }
}

/// One request under way, as libcurl's callbacks see it.
private final class Transfer {
    private let pace: Pace
    private let sink: (UnsafeRawBufferPointer) throws -> Void
    private let status: () -> Int
    var rest: ArraySlice<Bytes> = []
    /// Bytes that are sent.
    var total = 0
    private var moved = 0
    private var lastMove = ContinuousClock.now
    private var passedOver = 0
    private(set) var isTooSlow = false
    private(set) var error: (any Error)?

    init(
        _ pace: Pace,
        _ sink: @escaping (UnsafeRawBufferPointer) throws -> Void,
        status: @escaping () -> Int
    ) {
        (self.pace, self.sink, self.status) = (pace, sink, status)
    }

    static func at(_ data: UnsafeMutableRawPointer?) -> Transfer {
        guard let data else { preconditionFailure("libcurl forgot its data") }
        return Unmanaged<Transfer>.fromOpaque(data).takeUnretainedValue()
    }

    func mayGoOn(moved: Int) -> Bool {
        let now = ContinuousClock.now
        if moved != self.moved { (self.moved, lastMove) = (moved, now) }
        isTooSlow = !pace.allows(moved: moved, idle: (now - lastMove) / .seconds(1), of: total)
        return !isTooSlow
    }

    /// - Returns: whether more is wanted.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard status() == 200 else {
            passedOver += bytes.count
            // Reading a short page to its end spares a new connection.
            return passedOver < 64 << 10
        }
        do {
            try sink(bytes)
            return true
        } catch {
            self.error = error
            return false
        }
    }

    /// - Returns: how much was given.
    func give(_ target: UnsafeMutableRawBufferPointer) -> Int {
        while let piece = rest.first, piece.isEmpty { rest = rest.dropFirst() }
        guard let piece = rest.first else { return 0 }
        let count = min(piece.count, target.count)
        target.copyBytes(from: piece[0..<count])
        rest[rest.startIndex] = piece[count..<piece.count]
        return count
    }
}
