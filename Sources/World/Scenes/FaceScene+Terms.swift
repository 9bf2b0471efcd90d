import Imaging

/// Which way a head is turned, as seen on the picture.
public enum View: String, CaseIterable, Sendable {
    case left, front, right

    /// Turns of the head in radians. Between two views lies a gap, so that nobody has to guess.
    var yaw: ClosedRange<Double> {
        switch self {
        case .left: -0.42 ... -0.26
        case .front: -0.09...0.09
        case .right: 0.26...0.42
        }
    }
}

/// How much of the picture the head takes.
public enum Framing: String, CaseIterable, Sendable {
    case closeUp = "close-up", medium = "medium shot", far = "far away"

    /// `FaceScene.scale`, again with gaps.
    var scale: ClosedRange<Double> {
        switch self {
        case .closeUp: 1.08...1.2
        case .medium: 0.84...0.93
        case .far: 0.6...0.7
        }
    }

    /// How far the eyes are moved down, as fractions of the picture: a close-up has room for hair above and shirt below.
    var offsetY: Double {
        switch self {
        case .closeUp: 0.035
        case .medium: 0.02
        case .far: 0
        }
    }
}

extension FaceScene {
    /// The nearest view.
    public var view: View { yaw < -0.17 ? .left : yaw > 0.17 ? .right : .front }

    /// The nearest framing.
    public var framing: Framing { scale > 1 ? .closeUp : scale > 0.77 ? .medium : .far }
}

extension FaceStyle {
    /// The background's colour is to be seen. Neon and oil portraits stand before a dark wall, graphite on
    /// white paper.
    public var showsBackgroundColor: Bool { self != .neon && self != .pencilSketch && self != .oilPortrait }

    /// The background's motif is to be seen. A poster has a burst of two colours there instead, an oil portrait shade.
    public var showsPlace: Bool { self != .poster && self != .oilPortrait }

    /// The colour of clothes is to be seen.
    public var showsClothingColor: Bool { self != .pencilSketch }
}

extension Backdrop {
    /// Takes its colour from the scene.
    public var hasColor: Bool { self == .plain || self == .studio }
}
