import Foundation
import Graph
import Imaging
import Recipes
import Runner
import Synchronization

/// A folder with a small picture for each node that is being sampled, replaced as it comes along.
final class PreviewFolder: Previews {
    private let path: String
    private let isBroken = Mutex(false)

    /// - Throws: what making the folder throws
    init(_ path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func show(_ picture: PreviewPicture, of name: InstanceName) {
        let bitmap = Bitmap(width: picture.width, height: picture.height, pixels: picture.pixels)
        let file = "\(path)/\(Self.fileName(name)).png"
        do {
            try bitmap.encodedPNG().write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            let isFirst = isBroken.withLock { isBroken in
                defer { isBroken = true }
                return !isBroken
            }
            if isFirst { Terminal.error("warning: \(file) cannot be written: previews are not shown\n") }
        }
    }

    /// `latent-style=neon-seed=1`, with nothing in it that leads to another folder.
    private static func fileName(_ name: InstanceName) -> String {
        let parts = [name.node] + name.cell.coordinates.map { "\($0.axis)=\($0.value)" }
        let text = parts.joined(separator: "-").map { $0.isLetter || $0.isNumber || "=.-_ ".contains($0) ? $0 : "_" }
        return String(String(text).prefix(120))
    }
}
