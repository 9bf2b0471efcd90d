/// Names that a pickle asks for to run code, reach files or the network, or find other names, where it is loaded with Python's
/// own unpickler. Nothing of a pickle is run here; a file that holds one of them is refused all the same, as it was made
/// to harm.
enum PickleDanger {
    static func isIn(module: String, name: String) -> Bool {
        let root = module.prefix { $0 != "." }
        if root == "builtins" || root == "__builtin__" { return !harmlessBuiltins.contains(name) }
        if modules.contains(String(root)) { return true }
        let whole = "\(module).\(name)"
        return names.contains { whole == $0 || whole.hasPrefix("\($0).") }
    }

    /// What is left of Python's builtins: plain data.
    private static let harmlessBuiltins: Set<String> = [
        "set", "frozenset", "list", "dict", "tuple", "complex", "slice", "range", "xrange", "bytearray", "bytes", "str",
        "unicode", "int", "long", "float", "bool", "object", "Ellipsis", "NotImplemented",
    ]

    /// With all that is in them.
    private static let modules: Set<String> = [
        "_operator", "_pickle", "_posixsubprocess", "_socket", "asyncio", "bdb", "cProfile", "cffi", "cloudpickle",
        "codeop", "ctypes", "dill", "distutils", "doctest", "ftplib", "http", "httplib", "imp", "importlib",
        "joblib", "linecache", "marshal", "multiprocessing", "nt", "operator", "os", "pdb", "pickle", "pip",
        "pkgutil", "popen2", "posix", "pty", "pydoc", "requests", "runpy", "setuptools", "shelve", "shutil",
        "smtplib", "socket", "socketserver", "ssl", "subprocess", "sys", "timeit", "urllib", "urllib2",
        "webbrowser", "xmlrpc", "zipimport",
    ]

    /// And parts of modules whose names, or whose other parts, trainers have.
    private static let names = [
        "_io.FileIO", "_io.open", "_io.open_code", "code.InteractiveConsole", "code.InteractiveInterpreter",
        "code.interact", "commands.getoutput", "commands.getstatusoutput", "io.FileIO", "io.open", "io.open_code",
        "numpy.f2py", "numpy.lib.npyio.load", "numpy.load", "numpy.testing", "profile.run", "profile.runctx",
        "test.support", "torch._dynamo", "torch._inductor", "torch.classes", "torch.distributed.rpc", "torch.hub",
        "torch.jit", "torch.load", "torch.ops", "torch.serialization", "torch.utils.cpp_extension",
        "torch.utils.model_zoo", "trace.Trace", "types.CodeType", "types.FunctionType", "types.LambdaType",
        "types.MethodType",
    ]
}
