import Imaging
import World

extension SceneFactor {
    /// What it can be, in the vocabulary's words; an accessory can be none.
    public var values: [String] {
        switch self {
        case .style: FaceStyle.allCases.map(\.rawValue)
        case .clothing: Clothing.allCases.map(\.rawValue)
        case .clothingColor, .backgroundColor: PaintName.allCases.map(\.rawValue)
        case .background: Backdrop.allCases.map(\.rawValue)
        case .expression: Expression.allCases.map(\.rawValue)
        case .accessory: Accessory.allCases.map(\.rawValue)
        case .view: View.allCases.map(\.rawValue)
        case .framing: Framing.allCases.map(\.rawValue)
        case .light: Light.allCases.map(\.rawValue)
        }
    }

    /// Its name in a file of weights.
    var key: String { rawValue.replacing(" ", with: "_") }

    /// The place in `values` of what a picture of `scene` shows; nil if the scene's style does not show it.
    package func index(in scene: FaceScene) -> Int? {
        let name = SceneDescription(scene)[self] ?? (self == .accessory ? Accessory.none.rawValue : nil)
        return name.flatMap(values.firstIndex)
    }
}
