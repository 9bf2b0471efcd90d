import Graph
import Imaging

/// A rectangle of a picture: given in pixels, by the parts of its sides, or around a face.
struct PictureBox {
    let x: Int
    let y: Int
    let width: Int
    let height: Int

    init(x: Int, y: Int, width: Int, height: Int) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// - Parameters:
    ///   - parts: of the width and height, from 0 to 1
    ///   - size: the picture's
    init(left: Double, top: Double, right: Double, bottom: Double, of size: PictureSize) {
        func edge(_ part: Double, _ side: Int) -> Int { Int((part * Double(side)).rounded()) }
        let (x, y) = (min(edge(left, size.width), size.width - 1), min(edge(top, size.height), size.height - 1))
        self.x = x
        self.y = y
        width = max(1, edge(right, size.width) - x)
        height = max(1, edge(bottom, size.height) - y)
    }

    /// The square around a face, larger on each side by a part of the face's longer side; moved, and then cut, where it
    /// leaves the picture.
    init(around face: FaceArtifact, margin: Double, of size: PictureSize) {
        let box = face.box.values.map(Double.init)
        let longer = max(box[2] - box[0], box[3] - box[1])
        let wanted = longer.isFinite ? max(1, min((longer * (1 + 2 * margin)).rounded(), 1e6)) : 1
        func place(_ low: Double, _ high: Double, _ side: Int) -> (start: Int, length: Int) {
            let length = min(Int(wanted), side)
            let middle = (low + high) / 2
            let start = middle.isFinite ? (middle - Double(length) / 2).rounded() : 0
            return (Int(min(max(start, 0), Double(side - length))), length)
        }
        (x, width) = place(box[0], box[2], size.width)
        (y, height) = place(box[1], box[3], size.height)
    }

    /// What is wrong with the parts, for nodes that have them as parameters.
    static func problems(left: Double, top: Double, right: Double, bottom: Double) -> [ParameterProblem] {
        func empty(_ low: String, _ high: String, _ from: Double, _ to: Double) -> ParameterProblem? {
            guard from >= to else { return nil }
            return ParameterProblem(
                high,
                "\(low) is \(from) and \(high) \(to): nothing lies between them",
                hint: "\(high) is more than \(low)"
            )
        }
        return [empty("left", "right", left, right), empty("top", "bottom", top, bottom)].compactMap { $0 }
    }
}

extension Bitmap {
    func cropped(to box: PictureBox) -> Bitmap {
        var part = Bitmap(width: box.width, height: box.height)
        part.paste(self, x: -box.x, y: -box.y)
        return part
    }
}
