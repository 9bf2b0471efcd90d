import Foundation

/// A path as seen from the working folder if it lies below it, as it is otherwise.
public func pathFromHere(_ path: String) -> String {
    let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath).standardizedFileURL.pathComponents
    let there = URL(fileURLWithPath: path).standardizedFileURL.pathComponents
    guard there.starts(with: here) else { return path }
    return there.count == here.count ? "." : there.dropFirst(here.count).joined(separator: "/")
}
