import Foundation

/// An answer, whole.
struct HTTPResponse: Error, Equatable {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]

    init(_ status: Int, _ headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        // Nobody else's page may show, read or guess at what is served here.
        let always = [
            ("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"), ("Connection", "close"),
        ]
        self.headers = Dictionary(always + headers, uniquingKeysWith: { $1 })
        self.body = body
    }

    init(_ status: Int, _ headers: [(String, String)] = [], text: String) {
        self.init(status, [("Content-Type", "text/plain; charset=utf-8")] + headers, body: Array(text.utf8))
    }

    static func failure(_ status: Int, _ reason: String) -> HTTPResponse { HTTPResponse(status, text: reason + "\n") }

    /// - Parameter hasBody: not in the answer to HEAD.
    func bytes(hasBody: Bool) -> [UInt8] {
        let length = status == 204 ? [] : ["Content-Length: \(body.count)"]
        let lines =
            ["HTTP/1.1 \(status) \(Self.reasons[status] ?? "")"] + length
            + headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (hasBody ? body : [])
    }

    private static let reasons = [
        200: "OK", 204: "No Content", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        408: "Request Timeout", 421: "Misdirected Request", 431: "Request Header Fields Too Large",
        503: "Service Unavailable",
    ]
}
