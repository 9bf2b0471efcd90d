// swift-tools-version: 6.1
import PackageDescription

/// How fast and how lean, alone and beside other programs. A package of its own, so that building pulid-run needs nothing
/// of it.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "pulid-run", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .executableTarget(
            name: "Benchmark",
            dependencies: [
                "CPeak",
                .product(name: "Models", package: "pulid-run"),
                .product(name: "Tensors", package: "pulid-run"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(
            name: "MeasureBenchmark",
            dependencies: [.product(name: "Imaging", package: "pulid-run")]
        ),
        .target(name: "CPeak", cSettings: [.unsafeFlags(["-O3"])]),
    ],
    swiftLanguageModes: [.v6]
)
