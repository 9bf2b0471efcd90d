// swift-tools-version: 6.1
import PackageDescription

/// The engine (Runner, Recipes, Store, Graph) and the mathematics (Models ... Kernels) never import each other:
/// only Nodes and the executable see both. docs/ARCHITECTURE.md tells why each dependency is here.
let package = Package(
    name: "pulid-run",
    products: [
        .executable(name: "pulid-run", targets: ["pulid-run"]),
        // What Benchmarks/, a package of its own, measures.
        .library(name: "Models", targets: ["Checkpoints", "Models"]),
        .library(name: "Tensors", targets: ["Kernels", "Tensors"]),
        .library(name: "Imaging", targets: ["Imaging", "Kernels"]),
        // What Fuzz/, another, calls.
        .library(name: "FuzzTargets", targets: ["FuzzTargets"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .executableTarget(
            name: "pulid-run",
            dependencies: [
                "Graph", "NodeReference", "Recipes", "Store", "Runner", "Cluster", "Report", "Workflows", "Nodes",
                "ModelFiles",
                "Checkpoints", "Imaging", "Kernels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        // The engine.
        .target(
            name: "Runner",
            dependencies: ["Graph", "Recipes", "Store", .product(name: "HeapModule", package: "swift-collections")]
        ),
        .target(
            name: "Store",
            dependencies: [
                "CCrypto", "CCurl", "Graph", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]
        ),
        .target(name: "Recipes", dependencies: ["Graph", "CYaml"]),
        .target(name: "NodeReference", dependencies: ["Graph"]),
        .target(name: "Workflows", dependencies: ["Graph"]),
        .target(name: "Cluster", dependencies: ["Graph"]),
        .target(name: "Graph", dependencies: ["CCrypto", "CMemory"]),

        // Where both meet.
        .target(
            name: "Nodes",
            dependencies: [
                "CMPI", "Graph", "Curriculum", "Training", "ModelFiles", "Models", "Diffusion", "Checkpoints", "ONNX",
                "Imaging", "World",
                "Kernels", "Tensors",
            ]
        ),

        .target(name: "Report", dependencies: ["Graph", "Recipes", "Runner", "Store", "Imaging", "CReportPage"]),
        .target(name: "CReportPage", exclude: ["Page"]),

        // The mathematics.
        .target(
            name: "ModelFiles",
            dependencies: ["Models", "Diffusion", "Checkpoints", "ONNX", "Imaging", "Kernels", "Tensors"]
        ),
        .target(
            name: "Curriculum",
            dependencies: [
                "Training", "Models", "Diffusion", "Imaging", "World", "Checkpoints", "Elementary", "Kernels",
                "Tensors",
            ]
        ),
        .target(name: "Models", dependencies: ["Checkpoints", "Elementary", "Kernels", "Tensors"]),
        .target(name: "Diffusion", dependencies: ["Elementary", "Kernels", "Tensors"]),
        .target(name: "Training", dependencies: ["Elementary", "Kernels", "Tensors"]),
        .target(
            name: "ONNX",
            dependencies: ["Kernels", "Tensors", .product(name: "SwiftProtobuf", package: "swift-protobuf")]
        ),
        .target(name: "Checkpoints", dependencies: ["CMemory", "Kernels", "Tensors"]),
        .target(name: "Tensors", dependencies: ["CKernels", "Elementary", "Kernels"]),
        .target(name: "Kernels", dependencies: ["CKernels", "CMemory"]),
        .target(name: "Imaging", dependencies: ["Elementary", "Kernels", "CHEIF", "CPNG", "CTurboJPEG", "CWebP"]),
        .target(name: "World", dependencies: ["Imaging", "Elementary", "Kernels"]),
        .target(name: "Elementary"),

        // C: the float loops, a signal handler, and the system's libraries.
        .target(
            name: "CKernels",
            // Debug builds, too, compute at full speed. Results do not depend on flags, and this package is a program: only what
            // others would build into theirs must have none.
            cSettings: [.unsafeFlags(["-O3"])]
        ),
        .target(name: "CMemory"),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl"),  // declarations alone: it is opened at run time, where a server is asked
        .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CHEIF"),  // declarations alone: it is opened at run time, where it is installed
        .systemLibrary(name: "CMPI"),  // declarations alone: it is opened at run time, where it is asked for
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),

        .target(name: "EngineTestSupport", dependencies: ["Graph", "CYaml"], path: "Tests/EngineTestSupport"),
        .target(name: "TensorTestSupport", dependencies: ["Tensors", "Checkpoints"], path: "Tests/TensorTestSupport"),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Checkpoints", "Diffusion", "Graph", "Imaging", "ModelFiles", "Models", "ONNX", "Recipes", "Runner",
                "Tensors", "Workflows", "EngineTestSupport",
            ],
            path: "Tests/FuzzTargets"
        ),
        .testTarget(name: "GraphTests", dependencies: ["Graph", "EngineTestSupport"]),
        .testTarget(name: "NodeReferenceTests", dependencies: ["NodeReference", "EngineTestSupport"]),
        .testTarget(name: "WorkflowsTests", dependencies: ["Workflows", "Graph"]),
        .testTarget(name: "RecipesTests", dependencies: ["Recipes", "EngineTestSupport"]),
        .testTarget(
            name: "StoreTests",
            dependencies: ["Store", "EngineTestSupport", .product(name: "GRDB", package: "GRDB.swift")]
        ),
        .testTarget(name: "RunnerTests", dependencies: ["Runner", "EngineTestSupport"]),
        .testTarget(name: "ClusterTests", dependencies: ["Cluster", "EngineTestSupport"]),
        .testTarget(
            name: "ReportTests",
            dependencies: ["Report", "Nodes", "Recipes", "Runner", "Store", "Imaging", "EngineTestSupport"]
        ),
        .testTarget(name: "ElementaryTests", dependencies: ["Elementary"], exclude: ["Goldens"]),
        .testTarget(name: "ImagingTests", dependencies: ["Imaging", "Elementary"], exclude: ["Goldens"]),
        .testTarget(name: "WorldTests", dependencies: ["World", "Imaging", "Elementary"]),
        .testTarget(
            name: "TensorsTests",
            dependencies: ["Tensors", "CKernels", "Kernels", "TensorTestSupport"],
            exclude: ["Goldens"]
        ),
        .testTarget(
            name: "CheckpointsTests",
            dependencies: ["Checkpoints", "Kernels", "TensorTestSupport"],
            exclude: ["Goldens"]
        ),
        .testTarget(name: "ONNXTests", dependencies: ["ONNX", "TensorTestSupport"], exclude: ["Goldens"]),
        .testTarget(
            name: "HostileTests",
            dependencies: ["Checkpoints", "ONNX", "Imaging", "Recipes", "Store", "EngineTestSupport", "FuzzTargets"]
        ),
        .testTarget(name: "DiffusionTests", dependencies: ["Diffusion", "TensorTestSupport"], exclude: ["Goldens"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: ["Training", "Checkpoints", "Kernels", "TensorTestSupport"],
            exclude: ["Goldens"]
        ),
        .testTarget(
            name: "CurriculumTests",
            dependencies: [
                "Curriculum", "Training", "Models", "Diffusion", "Checkpoints", "Imaging", "World", "Kernels",
                "TensorTestSupport",
            ],
            exclude: ["Goldens", "Diffusion/Goldens"]
        ),
        .testTarget(name: "ModelsTests", dependencies: ["Models", "TensorTestSupport"], exclude: ["Goldens"]),
        .testTarget(
            name: "ModelFilesTests",
            dependencies: ["ModelFiles", "Models", "Diffusion", "EngineTestSupport", "TensorTestSupport"],
            exclude: ["Goldens"]
        ),
        .testTarget(
            name: "NodesTests",
            dependencies: ["Nodes", "ModelFiles", "Diffusion", "EngineTestSupport", "TensorTestSupport"],
            exclude: ["Goldens"]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "pulid-run", "Runner", "Recipes", "Graph", "Checkpoints", "Imaging", "Tensors", "EngineTestSupport",
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
