import Graph

/// `${photo.stem}`: what of a value is inserted.
enum Attribute: String, CaseIterable {
    /// The last part of a path: `ada.jpg`
    case name
    /// That without its extension: `ada`
    case stem
    /// Which of its axis's values it is, from 1.
    case index

    /// - Returns: nil for `index`, which the text does not tell.
    func text(of path: String) -> String? {
        switch self {
        case .name: FilePath.name(of: path)
        case .stem: FilePath.stem(of: path)
        case .index: nil
        }
    }
}
