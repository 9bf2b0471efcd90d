import Foundation

/// A repository in the cache of huggingface_hub: `models--OWNER--NAME` with `refs/main`, which names one of its `snapshots`.
///
/// huggingface_hub: file_download.py::repo_folder_name and the layout that its docs describe
struct HubFolder {
    let name: String
    /// The folder with the repository's files: of `main`, else the only one that there is.
    let snapshot: String

    /// nil for another folder.
    init?(_ path: String) {
        // Asked of every file of a folder of downloads.
        guard let last = path.split(separator: "/").last, last.hasPrefix("models--"),
            let name = last.components(separatedBy: "--").last
        else { return nil }
        let snapshots = "\(path)/snapshots"
        let main = FileManager.default.contents(atPath: "\(path)/refs/main").flatMap { data in
            data.count < 256
                ? String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) : nil
        }
        let present = (try? FileManager.default.contentsOfDirectory(atPath: snapshots)) ?? []
        guard
            let revision = main.flatMap({ present.contains($0) ? $0 : nil }) ?? (present.count == 1 ? present[0] : nil)
        else { return nil }
        self.name = name
        snapshot = "\(snapshots)/\(revision)"
    }
}

/// The folder that holds the files of a repository, where `path` is its place in huggingface_hub's cache; else `path`.
package func withoutHubLayout(_ path: String) -> String { HubFolder(path)?.snapshot ?? path }
