import Foundation

/// Where a tier is: a server that speaks HTTP, or a folder that machines share.
public enum RemoteAddress: Hashable, Sendable {
    /// Without a slash at the end.
    case server(String)
    /// An absolute path.
    case folder(String)

    /// - Parameters:
    ///   - text: `http://host/prefix`, `https://...`, `file:///folder`, or a folder's path.
    ///   - directory: what a relative path begins at.
    /// - Throws: `RemoteSettingsError`.
    public init(_ text: String, directory: String) throws {
        guard let end = text.range(of: "://") else {
            guard !text.isEmpty else { throw RemoteSettingsError.address(text, "it is empty") }
            self = .folder(Self.absolute(text, directory))
            return
        }
        switch text[..<end.lowerBound].lowercased() {
        case "http", "https":
            guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.query == nil,
                parts.fragment == nil
            else { throw RemoteSettingsError.address(text, "a server is named as https://host/prefix") }
            self = .server(String(text.trimmingSuffix { $0 == "/" }))
        case "file":
            let path = String(text[end.upperBound...])
            guard path.hasPrefix("/") else {
                throw RemoteSettingsError.address(text, "a folder is named as file:///folder, or by its path")
            }
            self = .folder(path.removingPercentEncoding ?? path)
        case let scheme:
            throw RemoteSettingsError.address(text, "\(scheme) is not spoken here, but http, https and file")
        }
    }

    private static func absolute(_ path: String, _ directory: String) -> String {
        path.hasPrefix("/") ? path : directory + "/" + path
    }

    /// - Throws: `RemoteSettingsError.library`.
    public func tier(_ access: HTTPAccess) throws -> any RemoteTier {
        switch self {
        case .server(let base): try HTTPTier(base, name: name, access)
        case .folder(let path): SharedFolderTier(folder: path)
        }
    }

    /// Without user and password.
    var name: String {
        switch self {
        case .folder(let path): return path
        case .server(let text):
            guard var parts = URLComponents(string: text) else { return text }
            (parts.user, parts.password) = (nil, nil)
            return parts.string ?? text
        }
    }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> SubSequence {
        guard let last = lastIndex(where: { !isTrimmed($0) }) else { return self[startIndex..<startIndex] }
        return self[...last]
    }
}

/// What a user said of a tier cannot be followed.
public enum RemoteSettingsError: Error, Hashable {
    case address(String, String)
    /// The file of a key, by the variable that names it.
    case key(variable: String, path: String, reason: String)
    case library
}

extension RemoteSettingsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .address(let text, let reason): "there can be no remote cache at `\(text)`: \(reason)"
        case .key(let variable, let path, let reason): "\(path), which \(variable) names, is no use: \(reason)"
        case .library:
            "a remote cache on a server needs libcurl, which is not installed (Debian: libcurl4); a shared folder does not"
        }
    }
}
