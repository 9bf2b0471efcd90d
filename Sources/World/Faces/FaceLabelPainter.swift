import Imaging

/// Paints labels instead of colours: each pixel gets the label that covers most of it.
///
/// Edges are as in the picture, and no pixel gets a label that is not there, as averages of label numbers would. A pixel
/// on an edge keeps every label's share, so an edge between hair and skin over a blue wall is hair or skin, never wall.
struct FaceLabelPainter {
    let size: Int
    /// (size, size): the label that covers all of a pixel, or `mixed`.
    private var whole: [UInt8]
    /// (size, size): each label's share of a mixed pixel, 0...1.
    private var shares: [SIMD32<Float>]

    private static let mixed = UInt8.max

    init(size: Int) {
        self.size = size
        whole = [UInt8](repeating: FaceLabel.background.rawValue, count: size * size)
        shares = [SIMD32<Float>](repeating: .zero, count: size * size)
    }

    var map: FaceLabelMap {
        FaceLabelMap(
            size: size,
            values: zip(whole, shares).map { label, share in
                guard label == FaceLabelPainter.mixed else { return label }
                var best = 0
                for label in 1..<FaceLabel.allCases.count where share[label] > share[best] { best = label }
                return UInt8(best)
            }
        )
    }

    /// Puts a person over what is there. `scale` is pixels here over pixels of the painter's picture.
    mutating func add(_ painter: FacePainter, scale: Double) {
        var hasNose = false
        var lips = 0
        for shape in painter.shapes {
            // The nose has no outline of its own, only lines and shade: its area is added where they begin.
            if shape.part == .nose, !hasNose {
                hasNose = true
                fill(painter.noseArea, clip: painter.headOutline.mapped(painter.geometry.outline), .nose, scale)
            }
            if shape.part == .lips, shape.role == .form { lips += 1 }
            guard let label = painter.label(of: shape, isLowerLip: lips > 1) else { continue }
            fill(shape.path, clip: shape.clip, label, scale)
        }
    }

    private mutating func fill(_ path: Path, clip: Path?, _ label: FaceLabel, _ scale: Double) {
        func scaled(_ path: Path) -> Path { scale == 1 ? path : path.mapped { $0 * scale } }
        var coverage = Coverage(of: scaled(path), width: size, height: size)
        if let clip { coverage.clip(to: Coverage(of: scaled(clip), width: size, height: size)) }
        var i = 0
        for row in coverage.rows {
            for column in coverage.columns {
                let cover = min(coverage.values[i], 1)
                i += 1
                guard cover > 0 else { continue }
                let pixel = row * size + column
                guard cover < 1 else {
                    whole[pixel] = label.rawValue
                    continue
                }
                var share = shares[pixel]
                if whole[pixel] != FaceLabelPainter.mixed {
                    share = .zero
                    share[Int(whole[pixel])] = 1
                    whole[pixel] = FaceLabelPainter.mixed
                }
                share *= 1 - cover
                share[Int(label.rawValue)] += cover
                shares[pixel] = share
            }
        }
    }
}

extension FacePainter {
    /// What the pixels show that `shape` covers; nil if they show what is behind it as well, as with shade, single
    /// lines, stubble and clear lenses. A beard is skin, as in CelebAMask-HQ; headphones count as a hat.
    fileprivate func label(of shape: FaceShape, isLowerLip: Bool) -> FaceLabel? {
        guard shape.role == .form || shape.role == .line && shape.part == .accessory else { return nil }
        switch shape.part {
        case .background, .nose: return nil
        case .clothing: return .clothing
        case .neck: return .neck
        case .ear: return isLeft(shape) ? .leftEar : .rightEar
        case .skin, .beard, .mark: return .skin
        case .hair: return .hair
        case .brow: return isLeft(shape) ? .leftBrow : .rightBrow
        case .eyeWhite, .iris, .pupil: return isLeft(shape) ? .leftEye : .rightEye
        case .lips: return isLowerLip ? .lowerLip : .upperLip
        case .mouth, .teeth: return .mouth
        case .accessory:
            switch scene.accessory {
            case .none: return nil
            case .glasses, .sunglasses: return .glasses
            case .hat, .beanie, .headphones: return .hat
            case .earrings: return .earring
            }
        }
    }

    /// On which side of the line from forehead to chin a shape's middle lies.
    private func isLeft(_ shape: FaceShape) -> Bool {
        guard let (low, high) = shape.path.bounds else { return true }
        let (top, bottom) = (geometry.front(Point(0, -1)), geometry.front(Point(0, 1)))
        let (axis, middle) = (bottom - top, (low + high) * 0.5 - top)
        return axis.x * middle.y - axis.y * middle.x > 0
    }

    /// From the bridge to the wings.
    fileprivate var noseArea: Path {
        let (length, width) = (identity.noseLength, identity.noseWidth)
        func at(_ x: Double, _ y: Double, _ height: Double) -> Point { geometry.raised(Point(x, y), by: height) }
        func side(_ s: Double) -> [Point] {
            [
                at(s * 0.055, 0.04, 0.03), at(s * (0.05 + width * 0.12), length * 0.55, 0.09),
                at(s * width * 1.0, length - 0.08, 0.06), at(s * width * 1.08, length, 0.06),
                at(s * width * 0.8, length + 0.07, 0.07),
            ]
        }
        return .smooth(side(1) + [at(0, length + 0.09, 0.13)] + side(-1).reversed(), closed: true)
    }
}
