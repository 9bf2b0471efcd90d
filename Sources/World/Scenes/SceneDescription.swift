import Imaging

/// What words say about a picture: each factor of a scene, or nothing about it. Never anything about who is shown.
///
/// A caption is written from one and a prompt is read into one, so a prompt says exactly what its picture must show.
public struct SceneDescription: Hashable, Sendable {
    public var style: FaceStyle?
    public var clothing: Clothing?
    public var clothingColor: PaintName?
    public var background: Backdrop?
    public var backgroundColor: PaintName?
    public var expression: Expression?
    /// Never `none`: that nothing is worn goes without saying.
    public var accessory: Accessory?
    public var view: View?
    public var framing: Framing?
    public var light: Light?

    public init() {}

    /// All that is to be seen of `scene` in its style.
    public init(_ scene: FaceScene) {
        style = scene.style
        clothing = scene.clothing
        clothingColor = scene.style.showsClothingColor ? scene.clothingColor : nil
        background = scene.style.showsPlace ? scene.background : .plain
        backgroundColor =
            background?.hasColor == true && scene.style.showsBackgroundColor ? scene.backgroundColor : nil
        // A plain wall whose colour is not to be seen is no background to speak of.
        if background?.hasColor == true, backgroundColor == nil { background = nil }
        expression = scene.expression
        accessory = scene.accessory == .none ? nil : scene.accessory
        view = scene.view
        framing = scene.framing
        light = scene.light
    }

    /// One factor's name in the vocabulary, or nil.
    public subscript(factor: SceneFactor) -> String? {
        switch factor {
        case .style: style?.rawValue
        case .clothing: clothing?.rawValue
        case .clothingColor: clothingColor?.rawValue
        case .background: background?.rawValue
        case .backgroundColor: backgroundColor?.rawValue
        case .expression: expression?.rawValue
        case .accessory: accessory?.rawValue
        case .view: view?.rawValue
        case .framing: framing?.rawValue
        case .light: light?.rawValue
        }
    }

    /// The same without what it says about one factor.
    public func without(_ factor: SceneFactor) -> SceneDescription {
        var result = self
        switch factor {
        case .style: result.style = nil
        case .clothing: result.clothing = nil
        case .clothingColor: result.clothingColor = nil
        case .background: result.background = nil
        case .backgroundColor: result.backgroundColor = nil
        case .expression: result.expression = nil
        case .accessory: result.accessory = nil
        case .view: result.view = nil
        case .framing: result.framing = nil
        case .light: result.light = nil
        }
        return result
    }

    /// Of the factors that this one names, those in which `other` says the same.
    public func agreement(with other: SceneDescription) -> (agreeing: Set<SceneFactor>, named: Set<SceneFactor>) {
        let named = Set(SceneFactor.allCases.filter { self[$0] != nil })
        return (named.filter { self[$0] == other[$0] }, named)
    }
}

/// What can be said about a scene.
public enum SceneFactor: String, CaseIterable, Sendable {
    case style, clothing, clothingColor = "clothing color", background, backgroundColor = "background color",
        expression, accessory, view, framing, light
}
