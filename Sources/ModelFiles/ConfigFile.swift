import Checkpoints
import Foundation

/// A JSON file of settings, at most a megabyte. What comes out is fit to be used: the settings' own `init(from:)` has
/// checked them.
///
/// - Throws: `ModelFileError` that names the file.
package func decodeConfig<Config: Decodable>(_ type: Config.Type, from path: String) throws -> Config {
    guard FileManager.default.fileExists(atPath: path) else {
        throw ModelFileError.missingFile(path: path, purpose: "the settings of a part of the model")
    }
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    guard size <= 1 << 20 else {
        throw ModelFileError.badConfig(path: path, reason: "\(size) bytes are no settings file")
    }
    do {
        return try JSONSettings.decode(type, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch let error as DecodingError {
        throw ModelFileError.badConfig(path: path, reason: reason(of: error))
    } catch {
        throw ModelFileError.badConfig(path: path, reason: "\(error)")
    }
}

private func reason(of error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "the setting \(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
        "the setting \(context.codingPath.map(\.stringValue).joined(separator: ".")) has the wrong type"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
        "the setting \(context.codingPath.map(\.stringValue).joined(separator: ".")) has a value that is not possible"
    case .dataCorrupted(let context):
        context.underlyingError.map { "\($0)" } ?? "this is not valid: \(context.debugDescription)"
    @unknown default: "\(error)"
    }
}
