import Checkpoints
import Tensors

/// The bytes of a safetensors file.
func safetensors(_ tensors: [String: Tensor], metadata: [String: String] = [:]) throws -> [UInt8] {
    var writer = SafetensorsWriter(metadata: metadata)
    writer.add(tensors)
    return try writer.serialized()
}

/// The bytes of a NumPy file with one tensor, format version 1.0.
func npy(_ tensor: Tensor) -> [UInt8] {
    let sizes = tensor.shape.map(String.init).joined(separator: ", ")
    let shape = tensor.rank == 1 ? "(\(sizes),)" : "(\(sizes))"
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }"
    // Magic, version and length take ten bytes; the data starts at a multiple of 64.
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let length = UInt16(header.utf8.count)
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
    bytes += header.utf8
    tensor.withValues { bytes += UnsafeRawBufferPointer($0) }
    return bytes
}
