import Foundation
import Kernels
import Models
import ONNX
import Tensors

extension SCRFDNetwork {
    /// A trained network as a file like scrfd_10g_bnkps.onnx: a picture of 640 x 640 pixels in, nine tensors out. Norms
    /// are drawn into the convolutions before them.
    ///
    /// - Parameter weights: everything that `SCRFDNetwork(weights, config:)` reads
    /// - Throws: `WeightsError`
    public static func onnx(_ weights: Weights, config: Config) throws -> Data {
        var writer = SCRFDWriter(weights)
        return try writer.write(config)
    }
}

/// Follows the network's forward pass, node by node.
private struct SCRFDWriter {
    private let weights: Weights
    private var graph = ONNXWriter(name: "scrfd")

    /// insightface: detection/scrfd/tools/scrfd2onnx.py
    private static let outputNames = ["score", "bbox", "kps"]
    private static let columns = [1, 4, 10]

    init(_ weights: Weights) { self.weights = weights }

    mutating func write(_ config: SCRFDNetwork.Config) throws -> Data {
        let side = SCRFD.side
        let picture = graph.input("input.1", shape: [1, 3, side, side])
        let small = graph.averagePool(picture, side: SCRFDNetwork.pooling)
        // 1. From fine to coarse.
        var maps = [try convolution(small, "stem", stride: 2)]
        for (layer, depth) in config.depths.enumerated() {
            var x = maps[layer]
            for i in 0..<depth { x = try block(x, "layers.\(layer).\(i)", stride: i == 0 && layer > 0 ? 2 : 1) }
            maps.append(x)
        }
        // 2. Context from coarse to fine.
        var necks: [ONNXWriter.Value] = []
        for (layer, map) in maps.dropFirst().enumerated() {
            necks.append(try plainConvolution(map, "laterals.\(layer)"))
        }
        for level in [1, 0] { necks[level] = graph.add(necks[level], graph.upsampleNearest2x(necks[level + 1])) }
        // 3. Faces.
        var rows: [[ONNXWriter.Value]] = []
        for (level, neck) in necks.enumerated() { rows.append(try head(neck, level)) }
        for (output, name) in Self.outputNames.enumerated() {
            for (level, stride) in SCRFD.strides.enumerated() {
                let grid = side / stride
                graph.output(
                    "\(name)_\(stride)",
                    rows[level][output],
                    shape: [grid * grid * SCRFD.anchors, Self.columns[output]]
                )
            }
        }
        return try graph.data()
    }

    /// BasicBlock
    private mutating func block(_ x: ONNXWriter.Value, _ path: String, stride: Int) throws -> ONNXWriter.Value {
        let inner = graph.relu(try normed(x, "\(path).conv1", "\(path).bn1", stride: stride))
        let h = try normed(inner, "\(path).conv2", "\(path).bn2")
        let hasShortcut = weights.contains("\(path).downsample.0.weight")
        let shortcut =
            hasShortcut ? try normed(x, "\(path).downsample.0", "\(path).downsample.1", stride: stride) : x
        return graph.relu(graph.add(shortcut, h))
    }

    /// SCRFDHead: scores, distances, points.
    private mutating func head(_ x: ONNXWriter.Value, _ level: Int) throws -> [ONNXWriter.Value] {
        let h = try convolution(x, "heads.\(level).conv")
        let scales = SCRFDNetwork.anchorScales[level]
        func rows(_ columns: Int) -> [Float] { scales.flatMap { Array(repeating: $0, count: columns) } }
        let scores = graph.sigmoid(try plainConvolution(h, "heads.\(level).scores"))
        let distances = try plainConvolution(h, "heads.\(level).distances", scales: rows(4))
        let points = try plainConvolution(h, "heads.\(level).points", scales: rows(10))
        return [
            graph.rows(scores, columns: 1), graph.rows(distances, columns: 4), graph.rows(points, columns: 10),
        ]
    }

    /// ConvBNReLU
    private mutating func convolution(
        _ x: ONNXWriter.Value,
        _ path: String,
        stride: Int = 1
    ) throws -> ONNXWriter.Value {
        graph.relu(try normed(x, "\(path).conv", "\(path).bn", stride: stride))
    }

    private mutating func normed(
        _ x: ONNXWriter.Value,
        _ conv: String,
        _ norm: String,
        stride: Int = 1
    ) throws -> ONNXWriter.Value {
        let weight = try tensor("\(conv).weight")
        let norm = try BatchNorm(weights / norm, channels: weight.shape[0])
        return graph.convolution(
            x,
            weight: weight.rowsMultiplied(by: norm.scale.values),
            bias: norm.shift,
            stride: stride
        )
    }

    /// - Parameter scales: what each channel of the result is multiplied by
    private mutating func plainConvolution(
        _ x: ONNXWriter.Value,
        _ path: String,
        scales: [Float]? = nil
    ) throws -> ONNXWriter.Value {
        let (weight, bias) = (try tensor("\(path).weight"), try tensor("\(path).bias"))
        guard let scales else { return graph.convolution(x, weight: weight, bias: bias) }
        return graph.convolution(
            x,
            weight: weight.rowsMultiplied(by: scales),
            bias: bias.rowsMultiplied(by: scales)
        )
    }

    /// In the shape that it has.
    private func tensor(_ name: String) throws -> Tensor {
        try weights.tensor(name, shape: weights.shape(of: name) ?? [], initial: .zeros)
    }
}

extension Tensor {
    /// Each part of the first dimension by a number of its own.
    fileprivate func rowsMultiplied(by scales: [Float]) -> Tensor {
        require(shape.first == scales.count, "\(scales.count) scales for \(shape)")
        let length = count / max(1, scales.count)
        return Tensor(values.enumerated().map { $1 * scales[$0 / length] }, shape: shape)
    }
}
