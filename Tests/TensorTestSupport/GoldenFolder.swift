import Foundation

/// Tests/Goldens: the reference files that more than one target's tests read.
public let goldenFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Goldens").path
