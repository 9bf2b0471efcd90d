import Foundation

/// The commit that was checked out around a recipe, by what git keeps in files.
package struct GitCommit: Encodable, Equatable {
    /// 40 or 64 hexadecimal digits.
    package let id: String
    package let branch: String?

    /// - Parameters:
    ///   - file: in the working tree, or anywhere.
    ///   - environment: build servers name the commit there.
    package init?(around file: String, environment: [String: String]) {
        let server = environment["GITHUB_SHA"] ?? environment["CI_COMMIT_SHA"]
        if let id = server.flatMap(Self.id) {
            self.id = id
            branch = environment["GITHUB_REF_NAME"] ?? environment["CI_COMMIT_REF_NAME"]
            return
        }
        guard let folder = Self.folder(around: file), let head = Self.text(folder + "/HEAD") else { return nil }
        guard head.hasPrefix("ref: ") else {
            guard let id = Self.id(head) else { return nil }
            self.id = id
            branch = nil
            return
        }
        let name = String(head.dropFirst("ref: ".count))
        guard name.hasPrefix("refs/"), !name.split(separator: "/").contains(".."),
            let id = Self.reference(name, in: folder)
        else { return nil }
        self.id = id
        branch = name.hasPrefix("refs/heads/") ? String(name.dropFirst("refs/heads/".count)) : nil
    }

    private static func reference(_ name: String, in folder: String) -> String? {
        // Of a work tree beside the main one, branches are with the main one's.
        let common = text(folder + "/commondir").map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 } ?? folder
        if let id = [folder, common].lazy.compactMap({ text($0 + "/" + name).flatMap(id) }).first { return id }
        let packed = text(common + "/packed-refs", limit: 16 << 20)?.split(separator: "\n")
        return packed?.lazy.first { $0.hasSuffix(" " + name) }?.split(separator: " ").first.flatMap { id(String($0)) }
    }

    private static func folder(around file: String) -> String? {
        var folder = URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent()
        while true {
            let git = folder.appendingPathComponent(".git").path
            if access(git + "/HEAD", R_OK) == 0 { return git }
            if let link = text(git), link.hasPrefix("gitdir: ") {
                let target = String(link.dropFirst("gitdir: ".count))
                return target.hasPrefix("/") ? target : folder.appendingPathComponent(target).path
            }
            guard folder.path != "/" else { return nil }
            folder.deleteLastPathComponent()
        }
    }

    private static func text(_ path: String, limit: Int = 4096) -> String? {
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: limit) else {
            return nil
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func id(_ text: String) -> String? {
        [40, 64].contains(text.utf8.count) && text.allSatisfy { $0.isASCII && $0.isHexDigit } ? text : nil
    }
}
