/// One operator of a graph, its attributes read and checked.
protocol ONNXOperator: Sendable {
    /// - Throws: `OperatorFault` for attributes that are not supported
    init(_ node: NodeReader) throws(OperatorFault)
    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue
}

/// Every operator that graphs may use, by its name in ONNX.
let onnxOperators: [String: any ONNXOperator.Type] = [
    "Add": Add.self,
    "AveragePool": AveragePool.self,
    "BatchNormalization": BatchNormalization.self,
    "Cast": Cast.self,
    "Ceil": Ceil.self,
    "Concat": Concat.self,
    "Constant": Constant.self,
    "Conv": Conv.self,
    "Div": Div.self,
    "Dropout": Dropout.self,
    "Flatten": Flatten.self,
    "Floor": Floor.self,
    "Gather": Gather.self,
    "Gemm": Gemm.self,
    "GlobalAveragePool": GlobalAveragePool.self,
    "Identity": Identity.self,
    "LeakyRelu": LeakyReLU.self,
    "MatMul": MatMul.self,
    "MaxPool": MaxPool.self,
    "Mul": Mul.self,
    "PRelu": PReLU.self,
    "Relu": ReLU.self,
    "Reshape": Reshape.self,
    "Resize": Resize.self,
    "Shape": Shape.self,
    "Sigmoid": Sigmoid.self,
    "Slice": Slice.self,
    "Softmax": Softmax.self,
    "Squeeze": Squeeze.self,
    "Sub": Sub.self,
    "Transpose": Transpose.self,
    "Unsqueeze": Unsqueeze.self,
    "Upsample": Upsample.self,
]
