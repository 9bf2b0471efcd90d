/// What the allowed names of a pickle stand for.
extension Unpickler {
    /// torch: _utils.py::_rebuild_tensor and its like, _tensor.py::_rebuild_from_type_v2; and dictionaries.
    mutating func reduce(_ function: PickleValue, _ arguments: PickleValue) throws -> PickleValue {
        guard case .tuple(let index) = arguments else { throw PickleFault("arguments are \(arguments.kind)") }
        if case .object = function { return object() }
        guard case .global(let global) = function else { throw PickleFault("it calls \(function.kind)") }
        let items = heap.tuples[index]
        switch global {
        case .orderedDict: return try orderedDictionary(items)
        case .defaultDict: return dictionary(isOrdered: false)
        case .rebuildTensor:
            guard items.count == 4 else { throw PickleFault("\(global.name) takes 4 arguments, found \(items.count)") }
            return try tensor(items[0], offset: items[1], shape: items[2], strides: items[3])
        case .rebuildTensorV2:
            guard items.count == 6, case .boolean = items[4], isOrderedDictionary(items[5]) else {
                throw PickleFault("\(global.name) has wrong arguments")
            }
            return try tensor(items[0], offset: items[1], shape: items[2], strides: items[3])
        case .rebuildTensorV3:
            guard items.count == 7, case .boolean = items[4], isOrderedDictionary(items[5]),
                case .global(.dtype(let type)) = items[6]
            else { throw PickleFault("\(global.name) has wrong arguments") }
            return try tensor(items[0], offset: items[1], shape: items[2], strides: items[3], type: type)
        case .rebuildParameter, .rebuildParameterWithState:
            guard items.count == (global == .rebuildParameter ? 3 : 4), case .tensor = items[0],
                case .boolean = items[1], isOrderedDictionary(items[2])
            else { throw PickleFault("\(global.name) has wrong arguments") }
            return items[0]
        case .rebuildFromType:
            // A buffer: how it is rebuilt, its class, the arguments, and attributes that say nothing about the numbers.
            guard items.count == 4, case .global(let inner) = items[0], inner != .rebuildFromType,
                case .global = items[1]
            else { throw PickleFault("\(global.name) has wrong arguments") }
            return try reduce(items[0], items[2])
        case .storage, .untypedStorage, .dtype: throw PickleFault("it calls \(global.name)")
        case .other: return object()
        }
    }

    /// A reference to numbers outside of the pickle.
    ///
    /// torch: serialization.py::persistent_id. ("storage", type, key, device, count), and in the legacy format one
    /// more, which is None or (key, offset, count) of a part.
    mutating func storage(reference: PickleValue) throws -> PickleValue {
        guard case .tuple(let index) = reference else { throw PickleFault("a storage is \(reference.kind)") }
        let items = heap.tuples[index]
        let expected = references == .zip ? 5 : 6
        guard items.count == expected, case .text("storage") = items[0], let type = elementType(items[1]),
            case .text(let key) = items[2], case .text = items[3], case .integer(let count) = items[4], count >= 0
        else { throw PickleFault("a storage is not described as it should be") }
        var window = 0..<count
        if references == .legacy { window = try part(items[5], of: count) }
        let storage = PickleStorage(key: key, type: type, count: count, window: window)
        if let known = storageIndices[storage] { return .storage(known) }
        heap.storages.append(storage)
        storageIndices[storage] = heap.storages.count - 1
        return .storage(heap.storages.count - 1)
    }

    private func elementType(_ storage: PickleValue) -> ElementType? {
        switch storage {
        case .global(.storage(let type)): type
        case .global(.untypedStorage): .u8
        default: nil
        }
    }

    private func part(_ value: PickleValue, of count: Int) throws -> Range<Int> {
        if case .none = value { return 0..<count }
        guard case .tuple(let index) = value, heap.tuples[index].count == 3, case .text = heap.tuples[index][0],
            case .integer(let offset) = heap.tuples[index][1], case .integer(let size) = heap.tuples[index][2],
            offset >= 0, size >= 0, offset <= count, size <= count - offset
        else { throw PickleFault("a part of a storage lies outside of it") }
        return offset..<offset + size
    }

    /// - Parameter type: of the elements, where the storage is of bytes
    private mutating func tensor(
        _ storage: PickleValue,
        offset: PickleValue,
        shape: PickleValue,
        strides: PickleValue,
        type: ElementType? = nil
    ) throws -> PickleValue {
        guard case .storage(let index) = storage, case .integer(let offset) = offset else {
            throw PickleFault("a tensor is made of \(storage.kind)")
        }
        let numbers = heap.storages[index]
        guard type == nil || numbers.type == .u8 else {
            throw PickleFault("\(PickleGlobal.rebuildTensorV3.name) has wrong arguments")
        }
        let elementType = type ?? numbers.type
        guard
            let layout = StridedLayout(
                shape: try sizes(shape),
                strides: try sizes(strides),
                offset: offset,
                available: numbers.window.count / (type?.block.bytes ?? 1),
                repetitionLimit: limits.repetitions
            )
        else { throw PickleFault("a tensor lies outside of its storage, or is impossibly large") }
        heap.tensors.append(PickleTensor(storage: numbers, type: elementType, layout: layout))
        return .tensor(heap.tensors.count - 1)
    }

    private func sizes(_ value: PickleValue) throws -> [Int] {
        guard case .tuple(let index) = value else { throw PickleFault("a shape is \(value.kind)") }
        return try heap.tuples[index].map { item in
            guard case .integer(let size) = item else { throw PickleFault("a size is \(item.kind)") }
            return size
        }
    }

    /// An empty one, or one made of a list of pairs.
    private mutating func orderedDictionary(_ arguments: [PickleValue]) throws -> PickleValue {
        let new = dictionary(isOrdered: true)
        guard let first = arguments.first else { return new }
        guard arguments.count == 1, case .list(let index) = first else {
            throw PickleFault("\(PickleGlobal.orderedDict.name) has wrong arguments")
        }
        for pair in heap.lists[index] {
            let items: [PickleValue]
            switch pair {
            case .tuple(let place): items = heap.tuples[place]
            case .list(let place): items = heap.lists[place]
            default: items = []
            }
            guard items.count == 2 else { throw PickleFault("\(PickleGlobal.orderedDict.name) has wrong arguments") }
            try insert(items, into: new)
        }
        return new
    }

    /// Where PyTorch keeps hooks, which are none in a file.
    private func isOrderedDictionary(_ value: PickleValue) -> Bool {
        guard case .dictionary(let index) = value else { return false }
        return heap.dictionaries[index].isOrdered && heap.dictionaries[index].pairs.isEmpty
    }
}
