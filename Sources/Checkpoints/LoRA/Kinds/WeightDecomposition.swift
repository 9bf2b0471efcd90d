import Kernels
import Tensors

/// DoRA: what a difference makes of a weight V is scaled to learned lengths, of its rows or of its input channels:
/// V m / |V|.
///
/// Liu et al. 2024, arXiv:2402.09353; LyCORIS: `wd_on_output`, in `dora_scale`; PEFT: tuners/lora/dora.py, in
/// `lora_magnitude_vector`, which are always of rows. Lengths are of the weight with its difference, as in training.
struct WeightDecomposition: Sendable {
    static let kind = "DoRA"
    let magnitude: LoRATensor
    private let isPEFT: Bool
    /// LyCORIS adds it to lengths.
    private var epsilon: Double { isPEFT ? 0 : Double(Float.ulpOfOne) }

    init?(_ tensors: inout LoRATensors) {
        if let scale = tensors.take(.doraScale) {
            (magnitude, isPEFT) = (scale, false)
        } else if let vector = tensors.take(.magnitude) {
            (magnitude, isPEFT) = (vector, true)
        } else {
            return nil
        }
    }

    /// Whether lengths are of rows, (out, 1) or (out), and not of input channels, (1, in).
    private func isOfRows(_ out: Int) -> Bool { isPEFT || magnitude.shape.first == out }

    func fits(_ layer: LayerShapes) -> Bool {
        magnitude.count == (isOfRows(layer.out) ? layer.out : layer.in)
    }

    /// What brings the rows or the columns of V to their lengths.
    ///
    /// - Parameter V: (out, in) or (out, in, height, width)
    func scale(_ V: Tensor) throws -> MatrixScale {
        let m = try magnitude().values
        let (out, inputs) = (V.shape[0], V.shape[1])
        let columns = V.shape.dropFirst().reduce(1, *)
        let taps = columns / max(1, inputs)
        let ofRows = isOfRows(out)
        var squares = [Double](repeating: 0, count: ofRows ? out : inputs)
        V.withValues { values in
            for row in 0..<out {
                for column in 0..<columns {
                    let value = Double(values[row * columns + column])
                    squares[ofRows ? row : column / taps] += value * value
                }
            }
        }
        // A row of zeros stays one.
        let factors = zip(m, squares).map { m, square in
            square > 0 ? Float(Double(m) / (square.squareRoot() + epsilon)) : 0
        }
        return ofRows ? .rows(factors) : .columns((0..<columns).map { factors[$0 / taps] })
    }
}
