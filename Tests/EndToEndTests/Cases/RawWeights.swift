import Foundation

/// Tensors as bytes, so that files of any type, name and layout can be made.
struct RawWeights {
    struct Entry {
        var type: String
        var shape: [Int]
        var bytes: Data

        static func floats(_ values: [Float], _ shape: [Int]) -> Entry {
            Entry(type: "F32", shape: shape, bytes: values.withUnsafeBytes { Data($0) })
        }

        static func number(_ value: Float) -> Entry { .floats([value], []) }
        static func zeros(_ shape: [Int]) -> Entry { .floats(Array(repeating: 0, count: shape.reduce(1, *)), shape) }
        /// An empty tensor, which says something by its name.
        static let note = Entry.floats([], [0])

        /// Small numbers that follow from the name.
        static func drawn(_ name: String, _ shape: [Int]) -> Entry {
            var state = name.utf8.reduce(UInt64(7)) { $0 &* 1_099_511_628_211 ^ UInt64($1) }
            let values = (0..<shape.reduce(1, *)).map { _ -> Float in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (Float(state >> 40) / Float(1 << 24) - 0.5) / 5
            }
            return .floats(values, shape)
        }

        /// Numbers of 16 or 32 bits as others that hold fewer or more.
        func converted(to type: String) -> Entry {
            let values: [Float] =
                self.type == "F16"
                ? bytes.withUnsafeBytes { $0.bindMemory(to: Float16.self).map(Float.init) }
                : bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
            let bytes =
                switch type {
                case "F64": values.map(Double.init).withUnsafeBytes { Data($0) }
                case "BF16": values.map { UInt16(truncatingIfNeeded: $0.bitPattern >> 16) }.withUnsafeBytes { Data($0) }
                case "F8_E5M2": Data(values.map { UInt8(truncatingIfNeeded: Float16($0).bitPattern >> 8) })
                case "F8_E4M3": Data(values.map(Self.e4m3))
                default: values.withUnsafeBytes { Data($0) }
                }
            return Entry(type: type, shape: shape, bytes: bytes)
        }

        /// Towards zero.
        private static func e4m3(_ value: Float) -> UInt8 {
            let sign: UInt8 = value.sign == .minus ? 0x80 : 0
            let size = min(abs(value), 448)
            guard size >= 0x1p-6 else { return sign | UInt8(size * 512) }
            let exponent = Int(size.exponent)
            return sign | UInt8((exponent + 7) << 3)
                | UInt8((size / Float(sign: .plus, exponent: exponent, significand: 1) - 1) * 8)
        }
    }

    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]

    init(_ entries: [String: Entry] = [:], metadata: [String: String] = [:]) {
        (self.entries, self.metadata) = (entries, metadata)
    }

    /// Of a safetensors file.
    init(path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let length = Int(data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) })
        let header = try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any] ?? [:]
        for (name, value) in header {
            guard let entry = value as? [String: Any], let type = entry["dtype"] as? String,
                let shape = entry["shape"] as? [Int], let ends = entry["data_offsets"] as? [Int]
            else { continue }
            let bytes = Data(data[8 + length + ends[0]..<8 + length + ends[1]])
            entries[name] = Entry(type: type, shape: shape, bytes: bytes)
        }
    }

    subscript(name: String) -> Entry? {
        get { entries[name] }
        set { entries[name] = newValue }
    }

    /// Those whose names `change` keeps, under what it makes of them.
    func named(_ change: (String) -> String?) -> RawWeights {
        RawWeights(
            Dictionary(uniqueKeysWithValues: entries.compactMap { name, entry in change(name).map { ($0, entry) } }),
            metadata: metadata
        )
    }

    func mapped(_ change: (String, Entry) -> Entry) -> RawWeights {
        RawWeights(Dictionary(uniqueKeysWithValues: entries.map { ($0, change($0, $1)) }), metadata: metadata)
    }

    func adding(_ others: [String: Entry]) -> RawWeights {
        RawWeights(entries.merging(others) { $1 }, metadata: metadata)
    }

    /// As safetensors.
    func write(to path: String) throws {
        var (fields, data): ([String], Data) = ([], Data())
        if !metadata.isEmpty {
            fields.append("\"__metadata__\":\(String(decoding: try JSONEncoder().encode(metadata), as: UTF8.self))")
        }
        for (name, entry) in entries.sorted(by: { ($1.value.bytes.count, $0.key) < ($0.value.bytes.count, $1.key) }) {
            let shape = entry.shape.map(String.init).joined(separator: ",")
            let ends = "\(data.count),\(data.count + entry.bytes.count)"
            fields.append("\"\(name)\":{\"dtype\":\"\(entry.type)\",\"shape\":[\(shape)],\"data_offsets\":[\(ends)]}")
            data += entry.bytes
        }
        let header = Data("{\(fields.joined(separator: ","))}".utf8)
        try (withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header + data)
            .write(to: URL(fileURLWithPath: path))
    }
}

extension RawWeights {
    /// As torch.save writes a dictionary of 32-bit floats: a zip archive with a pickle, and a storage for each tensor.
    func writeTorch(to path: String) throws {
        var (pickle, members): ([UInt8], [(name: String, content: [UInt8])]) = ([0x80, 2, 0x7d], [])
        for (index, (name, entry)) in entries.sorted(by: { $0.key < $1.key }).enumerated() {
            let strides = entry.shape.indices.map { entry.shape[($0 + 1)...].reduce(1, *) }
            pickle += Self.text(name) + Self.global("torch._utils", "_rebuild_tensor_v2") + Array("((".utf8)
            pickle += Self.text("storage") + Self.global("torch", "FloatStorage") + Self.text("\(index)")
            pickle += Self.text("cpu") + Self.integer(entry.bytes.count / 4) + Array("tQ".utf8) + Self.integer(0)
            for sizes in [entry.shape, strides] {
                pickle += Array("(".utf8) + sizes.flatMap(Self.integer) + Array("t".utf8)
            }
            pickle += [0x89] + Self.global("collections", "OrderedDict") + Array(")RtRs".utf8)
            members.append(("archive/data/\(index)", Array(entry.bytes)))
        }
        members.insert(("archive/data.pkl", pickle + Array(".".utf8)), at: 0)
        try Data(Self.zip(members)).write(to: URL(fileURLWithPath: path))
    }

    private static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func text(_ text: String) -> [UInt8] { [0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8) }
    private static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
    private static func integer(_ value: Int) -> [UInt8] { [0x4a] + little(Int32(value)) }

    private static func zip(_ members: [(name: String, content: [UInt8])]) -> [UInt8] {
        var (file, directory): ([UInt8], [UInt8]) = ([], [])
        for member in members {
            let (name, size, offset) = (Array(member.name.utf8), UInt32(member.content.count), UInt32(file.count))
            let kind = little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0))
            let sizes = little(UInt32(0)) + little(size) + little(size) + little(UInt16(name.count)) + little(UInt16(0))
            file += [0x50, 0x4b, 3, 4, 0, 0] + kind + sizes + name + member.content
            directory += [0x50, 0x4b, 1, 2, 0, 0, 0, 0] + kind + sizes + little(UInt16(0)) + little(UInt16(0))
            directory += little(UInt16(0)) + little(UInt32(0)) + little(offset) + name
        }
        let count = little(UInt16(members.count))
        return file + directory + [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + count + count + little(UInt32(directory.count))
            + little(UInt32(file.count)) + little(UInt16(0))
    }
}
