/// The head of a request, as far as a server of files needs it (RFC 9112).
struct HTTPRequest: Equatable {
    enum Method: String { case get = "GET", head = "HEAD" }

    let method: Method
    /// Without the query.
    let path: String
    let query: [String: String]
    /// In small letters: host and port as the client calls them.
    let host: String
    /// `cross-site` and the like, from browsers that say it.
    let site: String?

    /// The longest head that is read.
    static let longestHead = 8 << 10

    /// - Parameter head: everything up to the empty line.
    /// - Throws: the answer to what is no request that this server takes.
    init(head: [UInt8]) throws(HTTPResponse) {
        // Control characters and what is not ASCII have no place in a head that we would understand.
        guard head.allSatisfy({ $0 == 0x0D || $0 == 0x0A || $0 == 0x09 || ($0 >= 0x20 && $0 < 0x7F) }) else {
            throw .failure(400, "bad characters")
        }
        var lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
            throw .failure(400, "no request of HTTP/1.1")
        }
        var fields: [String: String] = [:]
        for line in lines where !line.isEmpty {
            guard let colon = line.firstIndex(of: ":"), line.first != " ", line.first != "\t" else {
                throw .failure(400, "a bad header")
            }
            let name = line[..<colon].lowercased()
            guard fields[name] == nil || !["host", "content-length", "transfer-encoding"].contains(name) else {
                throw .failure(400, "a header twice")
            }
            fields[name] = line[line.index(after: colon)...].trimming()
        }
        guard let method = Method(rawValue: String(words[0])) else {
            throw HTTPResponse(405, [("Allow", "GET, HEAD")], text: "only GET and HEAD\n")
        }
        guard fields["transfer-encoding"] == nil, fields["content-length"].map({ $0 == "0" }) ?? true else {
            throw .failure(400, "a request with a body")
        }
        guard let host = fields["host"] else { throw .failure(400, "no host") }
        guard words[1].hasPrefix("/") else { throw .failure(400, "no path") }
        let parts = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        self.host = host.lowercased()
        site = fields["sec-fetch-site"]
        path = String(parts[0])
        var query: [String: String] = [:]
        for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(sides[0])] = sides.count > 1 ? String(sides[1]) : ""
        }
        self.query = query
    }
}

extension Substring {
    /// Without blanks at both ends.
    fileprivate func trimming() -> String {
        let blanks: Set<Character> = [" ", "\t"]
        let start = drop { blanks.contains($0) }
        return String(start.reversed().drop { blanks.contains($0) }.reversed())
    }
}
