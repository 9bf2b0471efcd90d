import Graph
import Store

/// What computing an instance takes, by what its like took before.
///
/// What was measured is compared with what is usual for the same parameters (`Node.usualSeconds`), and the median of that
/// carried over: results of the same node of the recipe say most, then the newest of the same kind. Where nothing was
/// measured the usual is taken.
struct CostEstimate {
    /// By the recipe's node, what was measured to what is usual.
    private let byNode: [String: Double]
    private let byKind: [String: Double]

    /// Enough for a median.
    private static let mostResults = 200

    /// - Parameters:
    ///   - measured: seconds of instances, by their index.
    ///   - missing: the instances to be estimated.
    init(_ graph: ExecutionGraph, measured: [Int: Double], missing: [Int], store: ResultStore) {
        var ratios: [String: [Double]] = [:]
        for (index, seconds) in measured {
            let instance = graph.instances[index]
            ratios[instance.node, default: []].append(seconds / Self.usual(instance))
        }
        byNode = ratios.compactMapValues(Self.median)
        var byKind: [String: Double] = [:]
        for index in missing where ratios[graph.instances[index].node] == nil {
            let schema = graph.instances[index].schema
            guard byKind[schema.name] == nil else { continue }
            let costs = store.costs(ofKind: schema.name, atMost: Self.mostResults)
            byKind[schema.name] = Self.median(costs.map { $0.seconds / Self.usual(schema, $0.components) }) ?? 1
        }
        self.byKind = byKind
    }

    func seconds(of instance: Instance) -> Double {
        Self.usual(instance) * (byNode[instance.node] ?? byKind[instance.schema.name] ?? 1)
    }

    /// Never 0, and never endless.
    static func usual(_ instance: Instance) -> Double { usual(instance.schema, instance.parameters) }

    private static func usual(_ schema: NodeSchema, _ parameters: [String: Value]) -> Double {
        let seconds = schema.type.usualSeconds(parameters: parameters)
        return seconds.isFinite ? min(max(seconds, 1e-3), 1e7) : 1
    }

    /// Of a key of the past, whose parameters are kept as text.
    private static func usual(_ schema: NodeSchema, _ components: KeyComponents) -> Double {
        var parameters: [String: Value] = [:]
        for parameter in schema.parameters {
            guard let text = components["parameter \(parameter.name)"] else { continue }
            let number = Int128(text).map { Value.integer($0) } ?? Double(text).map { .number($0) }
            parameters[parameter.name] = number ?? parameter.defaultValue
        }
        return usual(schema, parameters)
    }

    private static func median(_ ratios: [Double]) -> Double? {
        let sorted = ratios.filter { $0.isFinite && $0 >= 0 }.sorted()
        return sorted.isEmpty ? nil : min(max(sorted[sorted.count / 2], 1e-6), 1e6)
    }
}
