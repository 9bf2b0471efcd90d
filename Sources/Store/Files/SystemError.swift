import Foundation

/// What the system answered when something was asked of a file.
public struct SystemError: Error, Hashable {
    public let path: String
    /// As in `errno`.
    public let code: Int32

    public init(path: String, code: Int32 = errno) {
        self.path = path
        self.code = code
    }

    public var reason: String { String(cString: strerror(code)) }
}

extension SystemError: CustomStringConvertible {
    public var description: String { "\(path): \(reason)" }
}
