import Foundation
import Runner

/// What is compared with what: two files, or the files of one name in two folders.
struct ComparedPairs {
    let areFolders: Bool
    let pairs: [(name: String, a: String, b: String)]
    /// Files of one folder that the other lacks.
    let alone: [String]

    /// - Throws: `ComparedPairsError`.
    init(_ a: String, _ b: String) throws {
        switch (Self.isFolder(a), Self.isFolder(b)) {
        case (false, false):
            (areFolders, pairs, alone) = (false, [((a as NSString).lastPathComponent, a, b)], [])
        case (true, true):
            let (first, second) = (try Self.files(a), try Self.files(b))
            let common = first.intersection(second).sorted()
            guard !common.isEmpty else { throw ComparedPairsError.nothingInCommon(a, b) }
            areFolders = true
            pairs = common.map { ($0, "\(a)/\($0)", "\(b)/\($0)") }
            alone =
                first.subtracting(second).sorted().map { "\(a)/\($0)" }
                + second.subtracting(first).sorted().map { "\(b)/\($0)" }
        case (true, false): throw ComparedPairsError.folderAgainstFile(folder: a, file: b)
        case (false, true): throw ComparedPairsError.folderAgainstFile(folder: b, file: a)
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Pictures and tensors in a folder and those below it, without the failed pictures that a run left there.
    private static func files(_ folder: String) throws -> Set<String> {
        let all = try FileManager.default.subpathsOfDirectory(atPath: folder)
        return Set(
            all.filter { path in
                ["png", "jpg", "jpeg", "webp", "avif", "heic", "safetensors", "npy"]
                    .contains((path as NSString).pathExtension.lowercased())
                    && !PicturePlaces.isFailedPicture(path)
            }
        )
    }
}

enum ComparedPairsError: Error, CustomStringConvertible {
    case nothingInCommon(String, String)
    case folderAgainstFile(folder: String, file: String)

    var description: String {
        switch self {
        case .nothingInCommon(let a, let b): "\(a) and \(b) have no pictures or tensors of the same names"
        case .folderAgainstFile(let folder, let file):
            "\(folder) is a folder and \(file) is not: name two files or two folders"
        }
    }
}
