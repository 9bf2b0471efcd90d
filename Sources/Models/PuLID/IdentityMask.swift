import Kernels
import Tensors

/// Where in a picture an identity acts: a weight for each pixel of each of the UNet's grids, 0 for not at all and 1 for
/// as without a mask.
///
/// PuLID_ComfyUI: pulid.py::pulid_attention. As there, every grid's weights are taken from the mask itself, not from
/// the next finer grid, bilinearly and without antialiasing, and a mask of other proportions is stretched. There a
/// grid's sides are worked out from the number of pixels; here they are known, and differ where that guess is wrong.
public struct IdentityMask: Sendable {
    /// Each (1, L, 1), row by row
    private let columns: [PixelGrid: Tensor]

    /// - Parameters:
    ///   - mask: (1, 1, H, W) in 0...1, of any size
    ///   - grids: all that the UNet has (`UNet2DConditionModel.grids`)
    public init(_ mask: Tensor, grids: [PixelGrid]) {
        var columns: [PixelGrid: Tensor] = [:]
        for grid in grids {
            columns[grid] = mask.resizedBilinear(height: grid.height, width: grid.width, alignCorners: false)
                .reshaped([1, grid.height * grid.width, 1])
        }
        self.columns = columns
    }

    /// Whether the identity acts nowhere.
    public var isBlack: Bool { columns.values.allSatisfy { $0.values.allSatisfy { $0 == 0 } } }

    /// The weights of a grid's pixels, (batch, L, 1).
    func column(_ grid: PixelGrid, batch: Int) -> Tensor {
        guard let column = columns[grid] else {
            fail("the mask has no weights for a grid of \(grid.height) x \(grid.width)")
        }
        return batch == 1 ? column : .concatenated(Array(repeating: column, count: batch), axis: 0)
    }
}
