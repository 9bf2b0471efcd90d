import Foundation

/// This folder: goldens lie beside it.
let recognitionTests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
