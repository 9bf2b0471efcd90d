/// What a pickle's names stand for: what PyTorch's state dicts are made of; any other is a class of which nothing is known,
/// and whose objects are inert. Names by which a pickle could do harm where it is run are no globals here.
///
/// torch: _weights_only_unpickler.py, _utils.py
enum PickleGlobal: Hashable, Sendable {
    case orderedDict
    case defaultDict
    case rebuildTensor
    case rebuildTensorV2
    case rebuildTensorV3
    case rebuildParameter
    case rebuildParameterWithState
    case rebuildFromType
    case storage(ElementType)
    /// Bytes, whose tensors say what they are.
    case untypedStorage
    case dtype(ElementType)
    case other(String)

    /// Nil for what no file of weights has a reason to name.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDict
        case ("collections", "defaultdict"): self = .defaultDict
        case ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensorV2
        case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTensorV3
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch._utils", "_rebuild_parameter_with_state"): self = .rebuildParameterWithState
        case ("torch._tensor", "_rebuild_from_type_v2"): self = .rebuildFromType
        case ("torch.storage", "UntypedStorage"): self = .untypedStorage
        default:
            if ["torch", "torch.cuda"].contains(module), let type = Self.storages[name] {
                self = .storage(type)
            } else if module == "torch", let type = Self.dtypes[name] {
                self = .dtype(type)
            } else if PickleDanger.isIn(module: module, name: name) {
                return nil
            } else {
                self = .other("\(module).\(name)")
            }
        }
    }

    var name: String {
        switch self {
        case .orderedDict: "collections.OrderedDict"
        case .defaultDict: "collections.defaultdict"
        case .rebuildTensor: "torch._utils._rebuild_tensor"
        case .rebuildTensorV2: "torch._utils._rebuild_tensor_v2"
        case .rebuildTensorV3: "torch._utils._rebuild_tensor_v3"
        case .rebuildParameter: "torch._utils._rebuild_parameter"
        case .rebuildParameterWithState: "torch._utils._rebuild_parameter_with_state"
        case .rebuildFromType: "torch._tensor._rebuild_from_type_v2"
        case .storage(let type): "a storage type (\(type.rawValue))"
        case .untypedStorage: "torch.storage.UntypedStorage"
        case .dtype(let type): "a type of elements (\(type.rawValue))"
        case .other(let name): name
        }
    }

    private static let storages: [String: ElementType] = [
        "FloatStorage": .f32, "HalfStorage": .f16, "BFloat16Storage": .bf16, "DoubleStorage": .f64,
        "LongStorage": .i64, "IntStorage": .i32, "ShortStorage": .i16, "CharStorage": .i8, "ByteStorage": .u8,
        "BoolStorage": .bool, "ComplexFloatStorage": .c64,
    ]

    private static let dtypes: [String: ElementType] = [
        "float8_e4m3fn": .f8e4m3, "float8_e5m2": .f8e5m2, "float8_e8m0fnu": .f8e8m0,
        "float8_e4m3fnuz": .f8e4m3fnuz, "float8_e5m2fnuz": .f8e5m2fnuz, "uint8": .u8, "uint16": .u16, "uint32": .u32,
        "uint64": .u64, "int8": .i8,
        "int16": .i16, "int32": .i32, "int64": .i64, "float16": .f16, "bfloat16": .bf16, "float32": .f32,
        "float64": .f64, "complex64": .c64, "bool": .bool,
    ]
}
