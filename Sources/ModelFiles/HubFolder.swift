import Foundation

/// A repository in the cache of huggingface_hub: `models--OWNER--NAME` with `refs/main`, which names one of its `snapshots`.
///
/// huggingface_hub: file_download.py::repo_folder_name and the layout that its docs describe
package struct HubFolder {
    package let name: String
    /// The folders that hold the repository's files, one for each revision, sorted.
    package let snapshots: [String]
    /// That of `main`, else the only one that there is; nil where nothing says which.
    package let snapshot: String?

    /// nil for another folder.
    package init?(_ path: String) {
        // Asked of every file of a folder of downloads.
        guard let last = path.split(separator: "/").last, last.hasPrefix("models--"),
            let name = last.components(separatedBy: "--").last
        else { return nil }
        let folder = "\(path)/snapshots"
        let main = FileManager.default.contents(atPath: "\(path)/refs/main").flatMap { data in
            data.count < 256
                ? String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) : nil
        }
        let revisions = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
            .filter { !$0.hasPrefix(".") }
        guard !revisions.isEmpty else { return nil }
        let chosen = main.flatMap { revisions.contains($0) ? $0 : nil } ?? (revisions.count == 1 ? revisions[0] : nil)
        self.name = name
        snapshots = revisions.map { "\(folder)/\($0)" }
        snapshot = chosen.map { "\(folder)/\($0)" }
    }

    /// What is wrong where nothing says which snapshot counts, and the way out.
    package var ambiguity: (message: String, hint: String)? {
        guard snapshot == nil else { return nil }
        let named = snapshots.prefix(4).joined(separator: ", ") + (snapshots.count > 4 ? " ..." : "")
        return (
            "this folder of huggingface_hub's cache has \(snapshots.count) snapshots, and no refs/main that names one of them",
            "name one of them: \(named)"
        )
    }
}

/// The folder that holds the files of a repository, where `path` is its place in huggingface_hub's cache; else `path`.
package func withoutHubLayout(_ path: String) -> String { HubFolder(path)?.snapshot ?? path }
