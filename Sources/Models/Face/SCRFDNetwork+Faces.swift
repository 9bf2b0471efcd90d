import Kernels
import Tensors

extension SCRFDNetwork {
    /// The faces in each of some square pictures, best first, in the pictures' pixels.
    ///
    /// - Parameter pictures: (B, 3, S, S), red first, in -1...1; of any size
    public func faces(in pictures: Tensor) -> [[FaceDetection]] {
        let (B, _, height, width) = pictures.shape4
        require(height == width, "pictures of \(pictures.shape) are not square")
        // 1. A quarter of what `callAsFunction` is shown.
        let side = SCRFD.side / Self.pooling
        let seen = pictures.detached().resizedBilinear(height: side, width: side, alignCorners: false)
        // 2. As `SCRFD.normalized` has bytes.
        let grids = deciding { levels((seen * (127.5 / 128)).channelsLast()) }
        // 3. One picture after the other.
        return (0..<B).map { b in
            let rows = grids.map { level in
                Level(
                    scores: level.scores.sliced(axis: 0, b..<b + 1),
                    distances: level.distances.sliced(axis: 0, b..<b + 1),
                    points: level.points.sliced(axis: 0, b..<b + 1)
                ).rows
            }
            let outputs = (0..<3).flatMap { output in rows.map { $0[output] } }
            let scale = Double(SCRFD.side) / Double(width)
            // These are the outputs of such a network, so nothing is thrown.
            return (try? SCRFD.faces(outputs: outputs, scale: scale)) ?? []
        }
    }
}
